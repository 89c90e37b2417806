#include "stdlib/run_state.hpp"

#include "runtime/identity.hpp"
#include "runtime/snapshot.hpp"
#include "stdlib/sources/bytes.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace watchword::stdlib {

namespace {

std::string mark_of_key(std::string_view key) {
    const std::string_view parts[] = {"watchword run state"};
    return runtime::keyed_hash(key, parts);
}

/// A name is on the disk when its folder is.
void sync_folder(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path{path}.parent_path();
    const int file = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return;
    ::fsync(file);
    ::close(file);
}

template <class Summary, class Visit>
void each_tally(Summary& summary, Visit visit) {
    visit(summary.alerts);
    visit(summary.action_ends);
    for (auto& count : summary.risk_alerts) visit(count);
}

} // namespace

std::string replace_file(const std::string& path, std::string_view bytes) {
    std::string beside = path + ".XXXXXX";
    const int file = ::mkostemp(beside.data(), O_CLOEXEC); // with mode 0600
    if (file < 0) return fmt::format("cannot write `{}`: {}", path, std::strerror(errno));
    std::string problem;
    if (write_all(file, bytes, problem) && ::fsync(file) != 0) problem = std::strerror(errno);
    if (::close(file) != 0 && problem.empty()) problem = std::strerror(errno);
    if (problem.empty() && std::rename(beside.c_str(), path.c_str()) != 0) problem = std::strerror(errno);
    if (problem.empty()) {
        sync_folder(path);
        return {};
    }
    ::unlink(beside.c_str());
    return fmt::format("cannot write `{}`: {}", path, problem);
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
