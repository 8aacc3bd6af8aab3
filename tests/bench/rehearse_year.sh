#!/bin/bash
# rehearse_year.sh TASHEEM FOLDER: solves a year's bundles again under three policies; one TSV
# line each. Fails when one takes more than 10 s of processor time (one core, no threads).
set -euo pipefail
TIMEFORMAT='%U %S %R'
printf 'policy\trounds\tcpu_s\twall_s\n'
for policy in equal pro-rata least-cost; do
	{ time "$1" round rehearse "$2" --policy "$policy" --json > "$2.$policy.json"; } 2> "$2.time"
	tail -n 1 "$2.time" | awk -v policy="$policy" -v rounds="$(find "$2" -name '*.bundle' | wc -l)" \
		'{ printf "%s\t%d\t%.2f\t%.2f\n", policy, rounds, $1 + $2, $3; exit $1 + $2 > 10 }'
done
