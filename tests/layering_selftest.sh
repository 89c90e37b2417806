#!/usr/bin/env bash
# Plants one leak after the other in a copy of the headers and asks that layering.sh finds each.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy"/{runtime,dsl,stdlib,desk,tools,bindings/c,bindings/cpp}
cp "$root"/runtime/*.{hpp,def} "$copy/runtime"
cp "$root"/dsl/*.{hpp,def} "$copy/dsl"

bash "$root/tests/layering.sh" "$copy" >/dev/null || { echo "a clean tree is refused"; exit 1; }

plant() {
    echo "$2" >"$copy/$1"
    if bash "$root/tests/layering.sh" "$copy" >/dev/null; then
        echo "not found: $2 in $1"
        exit 1
    fi
    rm "$copy/$1"
}
plant dsl/leak.cpp '#include "runtime/engine.hpp"'
plant dsl/leak.hpp '#include "stdlib/functions/text.hpp"'
plant dsl/leak.cpp '#  include <stdlib/functions/text.hpp>'
plant dsl/leak.cpp '#include "../runtime/engine.hpp"'
plant dsl/leak.cpp '#include <watchword/runtime/engine.hpp>'
plant dsl/leak.cpp '#include <tao/pegtl.hpp>'
plant runtime/leak.cpp '#include "dsl/ast.hpp"'
plant runtime/leak.cpp '#include "stdlib/sources/source.hpp"'
plant stdlib/leak.cpp '#include "dsl/model.hpp"'
plant stdlib/leak.cpp '#include "tools/run.hpp"'
plant stdlib/leak.cpp '#include "desk/stream.hpp"'
plant dsl/leak.cpp '#include "desk/stream.hpp"'
plant runtime/leak.cpp '#include "desk/stream.hpp"'
plant desk/leak.cpp '#include "tools/run.hpp"'
plant bindings/leak.cpp '#include "desk/stream.hpp"'
plant bindings/cpp/monitor.hpp '#include "runtime/program.hpp"'
plant bindings/c/leak.h '#include "bindings/cpp/monitor.hpp"'
plant bindings/c/leak.cpp '#include "runtime/engine.hpp"'
