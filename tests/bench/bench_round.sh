#!/usr/bin/env bash
# make bench-round: the solver beside LEMON (and GLPK on small sizes) on the same
# instances in one run. One TSV line per instance and peer: how many times as long the
# peer's cost stage takes when it is given the shares (plain), its components (-comp), and
# our levels (-blk); `objective` must be the same or the line says DIFFERENT.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$BUILD/bench-round
mkdir -p "$work"
printf 'instance\tpolicy\tfair_s\tcost_s\ttotal_s\tplaced\tobjective\tpeak_rss_kb\tverify_s\n'
printf 'instance\tpeer\tcost_s\tratio_cost\tobjective\n'

peer() {
	local instance=$1 algorithm=$2 split=$3 cost=$4 objective=$5 line seconds theirs same=same
	line=$(timeout 600 "$BUILD/bench_peers" "$instance" "$algorithm" "$mode" "$work/y" $split) || {
		printf '%s\t%s%s\tno result in 600 s\n' "$(basename "$instance")" "$algorithm" "$split"
		return
	}
	seconds=$(sed -n 's/.*total=\([0-9.]*\).*/\1/p' <<<"$line")
	theirs=$(sed -n 's/.*obj=\(-\?[0-9]*\).*/\1/p' <<<"$line")
	[ "$theirs" = "$objective" ] || same=DIFFERENT
	printf '%s\t%s%s\t%s\t%s\t%s\n' "$(basename "$instance")" "$algorithm" "$split" "$seconds" \
		"$(awk -v a="$seconds" -v b="$cost" 'BEGIN { printf "%.1f", a / b }')" "$same"
}

mode=fair
[ "$POLICY" != least-cost ] || mode=place
for size in $SIZES; do
	for family in $FAMILIES; do
		instance=$work/$family.$size.$SEED
		[ -f "$instance" ] || "$BUILD/bench_gen" "$family" "$size" "$SEED" "$instance" >/dev/null
		line=$("$BUILD/bench_round" "$instance" --policy "$POLICY" --allocations "$work/y" \
			--repeat "$REPEAT")
		printf '%s\n' "$line"
		cost=$(cut -f 4 <<<"$line")
		[ "$mode" = fair ] || cost=$(cut -f 5 <<<"$line")
		objective=$(cut -f 7 <<<"$line")
		for algorithm in ns cos; do
			for split in "" -comp -blk; do
				[ "$mode" = fair ] || [ "$split" != -blk ] || continue
				peer "$instance" "$algorithm" "$split" "$cost" "$objective"
			done
		done
		[ "$size" != S ] || peer "$instance" okalg "" "$cost" "$objective"
	done
done
