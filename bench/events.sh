# Sourced by the scripts here, with $build set: files of the bench's events.

# Makes FILE, unless it is there and newer than what makes it, and has it in memory as a file that was read from disk.
# One that was just written, in small pieces, lies there in single pages, and reading it costs a run 60 ns more a record;
# simdjson, which copies, 30.
generate() { # FILE, then arguments of bench_generate
    [[ -s $1 && $1 -nt $build/bench/bench_generate ]] ||
        { "$build/bench/bench_generate" "${@:2}" >"$1.part" && mv "$1.part" "$1"; }
    sync "$1"
    dd if="$1" iflag=nocache count=0 status=none
    cat "$1" >/dev/null
}
