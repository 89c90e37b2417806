#!/usr/bin/env bash
# The editors' own files: their words are those of the language, and the editors that are here can read them.
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/expect.bash"
export PYTHONDONTWRITEBYTECODE=1

python3 "$root/editors/keywords.py" "$command" >out.txt 2>err.txt || fail "words are missing in editors/, or in desk/editor/keywords.cpp"
# It does notice: a grammar without a word, and one with a word too many.
mkdir -p copy/dsl copy/desk/editor && cp -r "$root/editors" copy/ && cp "$root/desk/editor/keywords.cpp" copy/desk/editor/
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
vim --version | grep -q '+syntax' || { echo "this vim has no colours" && finish; }
# expect_colour TEXT GROUP: what Vim makes of the text, where it stands first.
expect_colour() {
  local line column
  read -r line column < <(awk -v text="$1" 'at = index($0, text) { print NR, at; exit }' leaver.watch)
  HOME=$folder vim -Nu NONE -es -c "set rtp^=$root/editors/vim" -c "filetype plugin on" -c "syntax on" -c "edit leaver.watch" \
    -c "redir! > out.txt" -c "silent echo synIDattr(synID($line, $column, 1), 'name') &commentstring &filetype" -c "redir END" \
    -c "qa!" </dev/null
  [ "$(tr -d '\n' <out.txt)" = "$2 # %s watchword" ] || fail "Vim's colour of \`$1\` is not $2"
}
expect_colour signal watchwordDeclaration
expect_colour '"Copied' watchwordText
expect_colour 'on    file' watchwordClause
expect_colour 'sum(' watchwordWindow
expect_colour 100MB watchwordNumber
expect_colour bool watchwordType
expect_colour .copy watchwordMember
expect_colour medium watchwordLevel
finish
