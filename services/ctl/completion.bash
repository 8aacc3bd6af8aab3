# Completion of `tasheem` for bash: the command itself knows its nouns, verbs and options.
#   source services/ctl/completion.bash
_tasheem()
{
	local word=${COMP_WORDS[COMP_CWORD]}
	mapfile -t COMPREPLY < <(tasheem completion "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
	if [ ${#COMPREPLY[@]} -eq 0 ]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}
complete -o filenames -F _tasheem tasheem
