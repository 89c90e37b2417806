#!/usr/bin/env bash
# A fuzzing target takes what the tree has of its kind. Usage: play_seeds.sh policy|events TARGET
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bash "$(dirname "$0")/seeds.sh" "$1" "$folder"
"$2" "$folder"
