// The key of pseudonyms and the log of reveals, on a disk.
#include "stdlib/key_file.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace watchword::stdlib;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / ("watchword-key-test-" + std::to_string(::getpid()));
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
};

unsigned mode_of(const fs::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

std::string content(const fs::path& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

TEST_CASE("a key is made on first use, for its owner alone, and stays") {
    const Folder folder;
    const std::string path = folder.path / "deep" / "key";
    const auto first = load_key(path);
    REQUIRE(std::holds_alternative<std::string>(first));
    CHECK(std::get<std::string>(first).size() == 64);
    CHECK(mode_of(path) == 0600);
    CHECK(std::get<std::string>(load_key(path)) == std::get<std::string>(first));
}

TEST_CASE("a key that others can read, is empty, or is a folder is refused in words") {
    const Folder folder;
    const fs::path path = folder.path / "key";
    std::ofstream{path} << "0123456789abcdef0123456789abcdef\n";
    ::chmod(path.c_str(), 0644);
    CHECK(std::get<FileProblem>(load_key(path)).message.find("read by others") != std::string::npos);
    ::chmod(path.c_str(), 0600);
    CHECK(std::holds_alternative<std::string>(load_key(path)));
    std::ofstream{path, std::ios::trunc} << "short\n";
    CHECK(std::get<FileProblem>(load_key(path)).message.find("too short") != std::string::npos);
    CHECK(std::holds_alternative<FileProblem>(load_key(folder.path)));
}

TEST_CASE("every reveal adds one line that says who, when and why") {
    const Folder folder;
    const std::string path = folder.path / "reveal.log";
    REQUIRE(append_reveal(path, {"2025-03-04T18:00:00Z", "alice", "case 17", "watchword run"}).empty());
    REQUIRE(append_reveal(path, {"2025-03-04T18:00:01Z", "bob", "case \"18\"", "watchword run"}).empty());
    CHECK(mode_of(path) == 0600);
    CHECK(
        content(path) ==
        "{\"time\":\"2025-03-04T18:00:00Z\",\"user\":\"alice\",\"reason\":\"case 17\",\"command\":\"watchword run\"}\n"
        "{\"time\":\"2025-03-04T18:00:01Z\",\"user\":\"bob\",\"reason\":\"case \\\"18\\\"\",\"command\":\"watchword "
        "run\"}\n");
    CHECK_FALSE(append_reveal(folder.path, {}).empty());
}
