#include "stdlib/run_state.hpp"

#include "runtime/identity.hpp"
#include "runtime/snapshot.hpp"
#include "stdlib/replaced_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace watchword::stdlib {

namespace {

std::string mark_of_key(std::string_view key) {
    const std::string_view parts[] = {"watchword run state"};
    return runtime::keyed_hash(key, parts);
}

template <class Summary, class Visit>
void each_tally(Summary& summary, Visit visit) {
    visit(summary.alerts);
    visit(summary.action_ends);
    for (auto& count : summary.risk_alerts) visit(count);
}

} // namespace

StateFile::~StateFile() {
    if (lock_ < 0) return;
    ::unlink((path_ + ".lock").c_str());
    ::close(lock_);
}

std::string StateFile::open(const std::string& path, std::optional<std::string>& bytes) {
    std::error_code error;
    path_ = followed(path);
    if (std::filesystem::is_directory(path_, error)) return fmt::format("cannot use `{}`: it is a folder", path);
    if (std::string problem = lock(); !problem.empty()) return problem;
    const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT) return {};
    bytes.emplace();
    std::vector<char> some(std::size_t{1} << 20);
    ssize_t count = file < 0 ? -1 : 0;
    while (file >= 0 && (count = ::read(file, some.data(), some.size())) > 0)
        bytes->append(some.data(), static_cast<std::size_t>(count));
    std::string problem;
    if (count < 0) problem = fmt::format("cannot read `{}`: {}", path, std::strerror(errno));
    if (file >= 0) ::close(file);
    return problem;
}

/// Who holds the lock of the file that now has the name has the state.
std::string StateFile::lock() {
    const std::string name = path_ + ".lock";
    for (;;) {
        const int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file < 0) return fmt::format("cannot write `{}`: {}", name, std::strerror(errno));
        if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
            const int reason = errno;
            ::close(file);
            if (reason == EINTR) continue;
            return reason == EWOULDBLOCK ? fmt::format("another run uses the state `{}`", path_)
                                         : fmt::format("cannot lock `{}`: {}", name, std::strerror(reason));
        }
        struct stat held {
        }, named{};
        if (fstat(file, &held) == 0 && stat(name.c_str(), &named) == 0 && held.st_ino == named.st_ino) {
            lock_ = file;
            return {};
        }
        ::close(file); // a run that ended has just taken the name away
    }
}

std::string StateFile::replace(std::string_view bytes) const {
    return replace_file(path_, bytes, {.mode = 0600, .keeps_mode = false, .is_locked = true, .is_on_disk = true});
}

std::string save_run(const runtime::Engine& engine, const Input& input, const RunSummary& summary,
                     const runtime::Program& program, std::string_view identity_key) {
    runtime::SnapshotWriter out;
    out.text(mark_of_key(identity_key));
    out.text(engine.snapshot());
    input.save(out);
    out.signed_number(summary.first);
    out.signed_number(summary.last);
    each_tally(summary, [&](std::uint64_t count) { out.number(count); });
    out.number(summary.unknown_accounts.size());
    for (const std::string& account : summary.unknown_accounts) out.text(account);
    return runtime::seal_snapshot(runtime::SnapshotKind::run, program, out.bytes());
}

std::string load_run(std::string_view state, runtime::Engine& engine, Input& input, RunSummary& summary,
                     const runtime::Program& program, std::string_view identity_key) {
    runtime::SnapshotContext context{program, 0, nullptr, nullptr, {}};
    const std::string_view body = runtime::open_snapshot(state, runtime::SnapshotKind::run, program, context.error);
    runtime::SnapshotReader in{body, context};
    const std::string_view key = in.text();
    if (in.ok() && key != mark_of_key(identity_key)) return "the snapshot was taken with another key of pseudonyms";
    const std::string_view snapshot = in.text();
    if (!in.ok()) return context.error;
    if (std::string problem = engine.restore(snapshot); !problem.empty()) return problem;
    input.resume(in, engine.now());
    summary.first = in.signed_number();
    summary.last = in.signed_number();
    each_tally(summary, [&](std::uint64_t& count) { count = in.number(); });
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) summary.unknown_accounts.emplace_back(in.text());
    if (in.ok()) in.expect(in.over(), "it has more than it should");
    return context.error;
}

} // namespace watchword::stdlib
