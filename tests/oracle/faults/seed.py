#!/usr/bin/env python3
"""Seeds the faults of faults.txt into copies of the engine's sources, and shows that the random cases find each.

  seed.py write SOURCE FOLDER   writes FOLDER/runtime/*.cpp, with all faults in, none switched on
  seed.py fit SOURCE            says whether each fault still has its place in the sources
  seed.py files                 prints the names of the sources that have faults
  seed.py find PROGRAM [WORDS]  switches on one after the other: PROGRAM has to find it; prints a row for each. With
                                words, only the faults that have them in their name

A fault whose text is no longer in the engine is an error: it has to be written anew. Knows nothing of what it breaks.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
SWITCH = "(::seeded_fault == {})"


def faults():
    found = []
    for number, line in enumerate((HERE / "faults.txt").read_text().splitlines()):
        word, _, rest = line.partition(" ")
        if not line or line.startswith("#"):
            continue
        if word == "fault":
            found.append({"name": rest, "text": "", "with": [], "promise": False})
        elif word == "breaks":
            found[-1]["promise"] = True
        elif word == "file":
            found[-1]["file"] = rest.strip()
        elif word == "text":
            found[-1]["text"] = rest[1:]
        elif word == "with":
            found[-1]["with"].append(rest[1:])
        elif found and not found[-1]["with"]:
            found[-1]["text"] += "\n" + line
        else:
            sys.exit(f"faults.txt:{number + 1}: what is `{word}`?")
    return found


def seeded(source):
    """The texts of the sources with all faults in them, by the sources' names."""
    by_place = {}
    for number, fault in enumerate(faults(), 1):
        by_place.setdefault((fault["file"], fault["text"]), []).append((number, fault))
    texts, homeless = {}, []
    for (file, marked), there in by_place.items():
        text = texts.get(file) or (source / file).read_text()
        before, piece, after = marked.replace("⟧", "⟦").split("⟦")
        if text.count(before + piece + after) != 1:
            homeless.append(f"{file} has no longer, or more than once: {before}{piece}{after}\n"
                            f"the fault `{there[0][1]['name']}` has to be written anew in faults.txt")
            continue
        result = piece
        for number, fault in there:
            switch, wrong = SWITCH.format(number), "\n".join(fault["with"])
            result = wrong.replace("FAULT", switch) if "FAULT" in wrong else f"({switch} ? ({wrong}) : ({result}))"
        texts[file] = text.replace(before + piece + after, before + result + after)
    if homeless:
        sys.exit("\n".join(homeless))
    return texts


def write(source, folder):
    for file, text in seeded(source).items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "extern int seeded_fault;\n" + text
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def try_fault(program, number, fault):
    begin = time.monotonic()
    arguments = ["--only-promise"] if fault["promise"] else []
    result = subprocess.run([program, "--seeds", "5000", "--first", "1000000", *arguments], text=True,
                            env={**os.environ, "WATCHWORD_FAULT": str(number)}, capture_output=True)
    last = (result.stdout.strip().splitlines() or [f"status {result.returncode}"])[-1]
    cases = last.split()[0]
    return result.returncode, cases, time.monotonic() - begin


def find(program, words):
    chosen = [(number, fault) for number, fault in enumerate(faults(), 1) if words in fault["name"]]
    status = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        results = workers.map(lambda job: try_fault(program, *job), chosen)
        for (_, fault), (code, cases, seconds) in zip(chosen, results):
            by = "the promise" if fault["promise"] else "the cases"
            fate = f"found by {by}" if code == 1 else "NOT FOUND" if code == 0 else f"ended with status {code}"
            print(f"{fault['name']:<62} {fate:<20} {cases:>6} cases {seconds:>6.1f} s", flush=True)
            status = status or code != 1
    print(f"{len(chosen)} faults")
    return 1 if status or not chosen else 0


def main():
    if sys.argv[1] == "write":
        write(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    elif sys.argv[1] == "fit":
        print(f"{len(faults())} faults in {len(seeded(pathlib.Path(sys.argv[2])))} sources")
    elif sys.argv[1] == "files":
        print(";".join(sorted({fault["file"] for fault in faults()})))
    else:
        sys.exit(find(sys.argv[2], " ".join(sys.argv[3:])))


if __name__ == "__main__":
    main()
