// Bundles are read back as they were written, and nothing in one is believed.
#include "dsl/bundle.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace watchword;
using dsl::Bundle;
using dsl::BundledKind;

namespace {

Bundle sample() {
    return {"0.1.0",
            "0123456789abcdef0123456789abcdef",
            {{BundledKind::policy, "policies/a b.watch", "module a\n"},
             {BundledKind::standard, "it1003", ""},
             {BundledKind::file, "/lists/x.txt", std::string("no end\0of line", 14)},
             {BundledKind::file, "empty.txt", ""}}};
}

std::string problem_of(const std::string& bytes) {
    std::string problem;
    return dsl::read_bundle(bytes, problem) ? "" : problem;
}

} // namespace

TEST_CASE("a bundle is read back as it was written") {
    const std::string bytes = dsl::write_bundle(sample());
    CHECK(dsl::is_bundle(bytes));
    std::string problem;
    const std::optional<Bundle> read = dsl::read_bundle(bytes, problem);
    REQUIRE(read);
    CHECK(read->version == "0.1.0");
    CHECK(read->program == sample().program);
    REQUIRE(read->files.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(read->files[i].kind == sample().files[i].kind);
        CHECK(read->files[i].name == sample().files[i].name);
        CHECK(read->files[i].text == sample().files[i].text);
    }
    CHECK(dsl::write_bundle(*read) == bytes);
}

TEST_CASE("a bundle that was cut off or changed is refused") {
    const std::string bytes = dsl::write_bundle(sample());
    for (std::size_t length = 0; length < bytes.size(); ++length) CHECK(problem_of(bytes.substr(0, length)) != "");
    std::mt19937_64 random{7};
    for (int round = 0; round < 2000; ++round) {
        std::string changed = bytes;
        changed[random() % changed.size()] ^= static_cast<char>(1 + random() % 255);
        CHECK(problem_of(changed) != "");
    }
    CHECK(problem_of(bytes + "\n") != "");
    CHECK(problem_of("module a\n") == "it is no bundle");
    CHECK_FALSE(dsl::is_bundle("module a\n"));
}

TEST_CASE("what a sound checksum stands under is not believed either") {
    // a name with line ends writes lines of its own
    const auto with_line = [](const std::string& line) {
        return dsl::write_bundle({"0", "-", {{BundledKind::standard, "it1003\n" + line, ""}}});
    };
    CHECK(problem_of(with_line("standard hr")) == "");
    for (const char* line : {"file 99 x", "file 18446744073709551615 x", "file 18446744073709551616 x", "file -1 x",
                             "file 1x x", "file  x", "file 0", "file 0 ", "file", "policy", "standard", "standard ",
                             "other 1 x", "", "\n", " ", "file 0 x\ny"})
        CHECK(problem_of(with_line(line)) == "the bundle cannot be read behind 1 of its files");
    CHECK(problem_of(dsl::write_bundle({"", "-", {}})) == "the bundle does not say its version");
    CHECK(problem_of(dsl::write_bundle({"0", "", {}})) == "the bundle does not say its program");
    CHECK(problem_of(dsl::write_bundle({"0", "-", {}})) == "the bundle has no policies");
}
