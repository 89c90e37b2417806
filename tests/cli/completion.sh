# What the shells make of the completion scripts: asked as a shell asks them, with a command line half typed.
. "$(dirname "$0")/expect.bash"
for shell in bash zsh fish; do
  command -v "$shell" >/dev/null || { echo "no $shell here" && exit 77; }
  run 0 completion "$shell"
  cp out.txt "watchword.$shell"
  "$shell" -n "watchword.$shell" || fail "$shell cannot read its completion"
done
run 3 completion tcsh

# bash_completes WORD… EXPECTED: the last word of the line is completed with what contains EXPECTED.
bash_completes() {
  bash -c '. ./watchword.bash
    expected=${!#}
    COMP_WORDS=("${@:1:$#-1}") COMP_CWORD=$(($# - 2))
    _watchword
    printf "%s\n" "${COMPREPLY[@]}" >out.txt
    grep -qxF -- "$expected" out.txt' shell "$@" || fail "bash: $*"
}
bash_completes watchword ru run
bash_completes watchword run --dead --dead-letter
bash_completes watchword run it1 it1003
bash_completes watchword run it1003 --on-error s skip
bash_completes watchword -q run --output nd ndjson
bash_completes watchword explain-code W020 W0203
bash_completes watchword check --format s sarif

fish_completes() {
  fish --no-config -c ". ./watchword.fish; complete -C '$1'" >out.txt
  grep -q "^$2" out.txt || fail "fish: $1"
}
fish_completes 'watchword ru' run
fish_completes 'watchword run --dead' --dead-letter
fish_completes 'watchword run it1' it1003
fish_completes 'watchword run it1003 --on-error s' skip

zsh -f -c 'autoload -Uz compinit && compinit -D && . ./watchword.zsh && [[ ${_comps[watchword]} == _watchword ]]' ||
  fail "zsh does not take it up"
finish
