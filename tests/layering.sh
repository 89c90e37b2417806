#!/usr/bin/env bash
# Reads every #include and fails on one that crosses a layer:
#   runtime  includes runtime
#   dsl      includes dsl, and of runtime only program.hpp and what that header includes
#   stdlib   includes stdlib and runtime
#   desk     includes desk, dsl, stdlib and runtime
#   bindings includes bindings, dsl, stdlib and runtime; what is installed includes nothing of the tree
# The grammar library is known to dsl's grammar and parser alone. Usage: layering.sh ROOT
set -euo pipefail
cd "${1:?the root of the tree}"

# file:line:path of each project include, whether in quotes or angle brackets, relative or from the root.
includes() {
    find "$1" -name '*.[ch]pp' -o -name '*.[ch]' -o -name '*.inc' -o -name '*.def' | sort | while read -r file; do
        awk -v file="$file" 'match($0, /^[ \t]*#[ \t]*include[ \t]*[<"][^>"]+[>"]/) {
            path = $0
            sub(/^[ \t]*#[ \t]*include[ \t]*[<"]/, "", path)
            sub(/[>"].*/, "", path)
            print file ":" FNR ":" path
        }' "$file"
    done
}

# What runtime/program.hpp brings with it, itself included.
meeting_point() {
    local queue=(runtime/program.hpp) seen=" " next
    while ((${#queue[@]})); do
        next=${queue[0]} queue=("${queue[@]:1}")
        [[ $seen == *" $next "* || ! -f $next ]] && continue
        seen+="$next "
        while read -r path; do queue+=("$path"); done < <(sed -n 's/^ *# *include *"\([^"]*\)".*/\1/p' "$next")
    done
    echo "$seen"
}

shared=$(meeting_point)
leaks=0
leak() {
    echo "$1: $2"
    leaks=$((leaks + 1))
}

for layer in runtime dsl stdlib desk bindings; do
    [[ -d $layer ]] || continue
    while IFS=: read -r file line path; do
        here=$file:$line
        case $path in
            *../* | ./*) leak "$here" "\`$path\` is relative; include from the root of the tree" && continue ;;
            tao/*) [[ $file == dsl/grammar* || $file == dsl/parser* ]] ||
                leak "$here" "the grammar library is for dsl/grammar and dsl/parser" ;;
            watchword/*) leak "$here" "\`$path\`: inside the tree, include from its root" && continue ;;
        esac
        folder=${path%%/*}
        [[ $path == */* && -d $folder ]] || continue
        case $layer/$folder in
            runtime/runtime | dsl/dsl | stdlib/stdlib | stdlib/runtime) ;;
            desk/desk | desk/dsl | desk/stdlib | desk/runtime) ;;
            bindings/bindings | bindings/dsl | bindings/stdlib | bindings/runtime)
                [[ $file != bindings/cpp/monitor.hpp && $file != *.h ]] || leak "$here" "an installed header stands alone"
                [[ $file != bindings/c/* || $folder == bindings ]] || leak "$here" "the C interface is over bindings/cpp" ;;
            dsl/runtime) [[ $shared == *" $path "* ]] ||
                leak "$here" "dsl meets runtime in runtime/program.hpp, which does not bring \`$path\`" ;;
            *) leak "$here" "$layer must not include \`$path\`" ;;
        esac
    done < <(includes "$layer")
done

if ((leaks)); then
    echo "$leaks includes cross a layer"
    exit 1
fi
