// Coverage: what recordings have shown of a policy, and what the three formats say of it.
#include "desk/coverage.hpp"
#include "desk/replay.hpp"

#include "tests/unit/desk_fixture.hpp"

using namespace watchword;
using namespace watchword::desk_tests;
using Catch::Matchers::Contains;

namespace {

const std::string policy = R"(module covered
use hr, activity
signal Copies
  on   file.copy
  where removable and path startswith "/secret"
policy Leaver {
  purpose "p" basis "b" owner "o"
  opens on hr.resignation
  closes on hr.resignation_withdrawn, after 30d
  except "backup" owner "o" until 2026-01-01 on file.copy { path endswith ".bak" }
  score { +40 for Copies }
  alert low on open
  alert medium at 40
  alert high at 80
}
)";

std::string event(const std::string& type, const std::string& day, const std::string& more = "") {
    return R"({"type":")" + type + R"(","time":"2025-03-)" + day + R"(T09:00:00Z","user":"u1")" + more + "}\n";
}
std::string copy(const std::string& day, const std::string& path, const std::string& removable) {
    return event("file.copy", day, R"(,"bytes":1,"path":")" + path + R"(","removable":)" + removable);
}

struct Covering {
    Compiled compiled;
    desk::PolicyText text{compiled.sources, {0}, standard_compiler()};
    desk::Coverage coverage{compiled.program, {0}};

    Covering() : compiled(policy, in_parts()) {}
    static dsl::CompilerOptions in_parts() {
        dsl::CompilerOptions options = standard_compiler();
        options.parts = true;
        return options;
    }
    void play(const std::string& events) {
        const Scratch folder;
        const desk::Stream stream = read(compiled.program, folder, events);
        runtime::Recording recording;
        desk::ReplayOptions options;
        options.recording = &recording;
        desk::Replay replay{compiled.program, stream, options};
        replay.run(*runtime::parse_time("2025-05-01", ""));
        coverage.add(compiled.program, recording);
    }
};

} // namespace

TEST_CASE("coverage counts conditions both ways and clauses that were taken") {
    Covering one;
    CHECK(one.coverage.covered() == 0);
    CHECK(one.coverage.items().size() == 10);
    one.play(event("hr.resignation", "01") + copy("02", "/secret/a", "true") + copy("03", "/tmp/b", "true"));
    // trigger, path both ways, end by time, low, medium
    CHECK(one.coverage.covered() == 5);
    const std::string text = desk::coverage_text(one.coverage, one.compiled.program, one.text);
    CHECK_THAT(text,
               Contains("Leaver: conditions 1 of 3, triggers 1 of 1, ends 1 of 2, levels 2 of 3, exceptions 0 of 1"));
    CHECK_THAT(text, Contains("policies.watch:5: condition never false: removable"));
    CHECK_THAT(text, Contains("policies.watch:14: level never taken: alert high at 80"));
    one.play(event("hr.resignation", "01") + copy("02", "/secret/a", "false") + copy("03", "/secret/a.bak", "true") +
             copy("04", "/secret/a", "true") + copy("05", "/secret/b", "true") +
             event("hr.resignation_withdrawn", "06"));
    CHECK(one.coverage.covered() == 10);
}

TEST_CASE("lcov has a branch for each way of a condition, the page a line for each clause") {
    Covering one;
    one.play(event("hr.resignation", "01") + copy("02", "/secret/a", "true"));
    const std::string lcov = desk::coverage_lcov(one.coverage, one.text);
    CHECK_THAT(lcov, Contains("SF:policies.watch\n") && Contains("BRDA:5,0,0,1\n") && Contains("BRDA:5,0,1,0\n") &&
                         Contains("DA:8,1\n") && Contains("DA:14,0\n") && Contains("BRF:6\n") &&
                         Contains("end_of_record\n"));
    const std::string page = desk::coverage_page(one.coverage, one.text);
    CHECK_THAT(page, Contains("alert high at 80") && Contains("true 1 times, false 0 times"));
}
