#!/usr/bin/env bash
# The editors' own files: their words are those of the language, and the editors that are here can read them.
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/expect.bash"
export PYTHONDONTWRITEBYTECODE=1

python3 "$root/editors/keywords.py" "$command" >out.txt 2>err.txt || fail "words are missing in editors/, or in desk/keywords.cpp"
# It does notice: a grammar without a word, and one with a word too many.
mkdir -p copy/dsl copy/desk && cp -r "$root/editors" copy/ && cp "$root/desk/keywords.cpp" copy/desk/
cp "$root/dsl/grammar.hpp" "$root/dsl/syntax_contexts.def" copy/dsl/
sed -i 's/ retrigger / /' copy/editors/vim/syntax/watchword.vim
sed -i 's/|extends|/|extends|extents|/' copy/editors/vscode/syntaxes/watchword.tmLanguage.json
python3 copy/editors/keywords.py "$command" >out.txt 2>err.txt && fail "a missing word goes unnoticed"
out_has "editors/vim lacks \`retrigger\`"
out_has "editors/vscode has \`extents\`"

for file in package.json language-configuration.json syntaxes/watchword.tmLanguage.json; do
  python3 -m json.tool "$root/editors/vscode/$file" >/dev/null 2>err.txt || fail "$file is no JSON"
done
if command -v node >/dev/null; then
  node --check "$root/editors/vscode/extension.js" >out.txt 2>err.txt || fail "extension.js"
fi

command -v vim >/dev/null || { echo "no vim here" && finish; }
# colour LINE COLUMN: the group that Vim gives the character.
colour() {
  HOME=$folder vim -Nu NONE -es -c "set rtp^=$root/editors/vim" -c "filetype plugin on" -c "syntax on" -c "edit leaver.watch" \
    -c "redir! > group.txt" -c "silent echo synIDattr(synID($1, $2, 1), 'name') &commentstring &filetype" -c "redir END" -c "qa!" </dev/null
  tr -d '\n' <group.txt
}
vim --version | grep -q '+syntax' || { echo "this vim has no colours" && finish; }
expect_colour() { # LINE TEXT GROUP
  local column
  column=$(awk -v line="$1" -v text="$2" 'NR == line { print index($0, text) }' leaver.watch)
  [ "$(colour "$1" "$column")" = "$3 # %s watchword" ] || { cp group.txt out.txt && fail "Vim's colour of \`$2\` in line $1 is not $3"; }
}
expect_colour 6 signal watchwordDeclaration
expect_colour 6 '"Copied' watchwordText
expect_colour 7 on watchwordClause
expect_colour 13 sum watchwordWindow
expect_colour 13 100MB watchwordNumber
expect_colour 4 bool watchwordType
expect_colour 4 .copy watchwordMember
expect_colour 28 medium watchwordLevel
finish
