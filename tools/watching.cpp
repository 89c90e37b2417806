// Files are compared by time of change and size: no daemon, no kernel interface, works on every file system.
#include "tools/watching.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <thread>
#include <utility>

namespace watchword::tools {

namespace {

namespace fs = std::filesystem;
using Stamp = std::pair<fs::file_time_type, std::uintmax_t>;
using Stamps = std::map<std::string, Stamp>;

void stamp(const fs::path& path, Stamps& stamps) {
    std::error_code error;
    const auto time = fs::last_write_time(path, error);
    if (error) return;
    const std::uintmax_t size = fs::is_regular_file(path, error) ? fs::file_size(path, error) : 0;
    stamps[path.string()] = {time, size};
}

Stamps look(const std::vector<std::string>& words, const std::vector<std::string>& files) {
    Stamps stamps;
    for (const std::string& file : files) stamp(file, stamps);
    for (const std::string& word : words) {
        stamp(word, stamps);
        std::error_code error;
        for (fs::recursive_directory_iterator entry{word, fs::directory_options::skip_permission_denied, error}, end;
             !error && entry != end; entry.increment(error))
            if (entry->path().extension() == ".watch") stamp(entry->path(), stamps);
    }
    return stamps;
}

} // namespace

int run_once(const Repeated& once) {
    std::vector<std::string> files;
    return once(files);
}

int watch_files(const std::vector<std::string>& words, const Context& context, const Repeated& once) {
    using namespace std::chrono_literals;
    std::vector<std::string> files;
    for (bool first = true;; first = false) {
        // What changes while it runs counts as changed after it.
        const Stamps during = look(words, files);
        files.clear();
        if (const int status = once(files); first && status == exit_usage) return status;
        Stamps before = look(words, files);
        for (const auto& [path, known] : during) before[path] = known;
        context.say("watching for changes; interrupt to stop\n");
        std::fflush(stdout);
        while (look(words, files) == before) std::this_thread::sleep_for(200ms);
        context.say("\n");
    }
}

} // namespace watchword::tools
