// The engine as the differential test sees it: policies compiled, a story pushed through, alerts out.
#pragma once

#include "dsl/compiler.hpp"
#include "runtime/alert.hpp"
#include "runtime/event.hpp"
#include "runtime/program.hpp"
#include "runtime/roster.hpp"
#include "tests/oracle/policy_generator.hpp"
#include "tests/oracle/random.hpp"
#include "tests/oracle/story.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace watchword::oracle {

/// One policy file, checked and lowered; `problem` is empty if that went well.
struct Compiled {
    std::unique_ptr<dsl::Sources> sources = std::make_unique<dsl::Sources>();
    dsl::Model model;
    runtime::Program program;
    std::string problem;
    std::vector<std::string> policies; ///< names, in the program's order
    std::set<std::string> windowed;    ///< signals with a `when`
};
/// `text` as a file has it; `files` are what it may name.
std::unique_ptr<Compiled> compile(const std::string& text, const Files& files);

/// An event with what it points to. The record must outlive it.
struct HeldEvent {
    runtime::Event event;
    std::deque<std::string> texts;
    std::vector<runtime::Value> slots;
};
/// nullptr: of a type that the policies do not declare.
std::unique_ptr<HeldEvent> hold(const runtime::Program& program, const Record& record, std::uint64_t position);
/// The employees as a roster takes them.
void each_employee(const runtime::Program& program, const Story& story,
                   const std::function<void(const runtime::RosterEntry&)>& then);

/// Records of types that no policy names end at the decoder; they do not even move the clock.
void leave_out_unused(const runtime::Program& program, Story& story);
/// The engine's alerts, in its order.
std::vector<runtime::Alert> run(const runtime::Program& program, const Story& story);
/// Stops before record number `stop`, takes a snapshot, goes on in a fresh engine from its bytes and compares with the
/// first engine going on. An empty text: they are the same to the byte; else what differs.
std::string stop_and_go_on(const runtime::Program& program, const Story& story, std::size_t stop);
/// Shares the people out among several engines in threads of their own, in random batches and blocks, and compares with
/// one engine. An empty text: they are the same to the byte; else what differs. `in_blocks`: so many events more were.
std::string share_out(const runtime::Program& program, const Story& story, std::uint32_t engines, Random& random,
                      std::uint64_t& in_blocks);
/// Restores damaged copies of a snapshot taken before record number `stop`, with their checksum put right, so that
/// every fault inside has to be found: none may crash, and each that is refused must leave the engine as it was.
std::string survive_damage(const runtime::Program& program, const Story& story, std::size_t stop, Random& random);

/// The same as JSON Lines, with everything that `watchword run` would write.
std::string json_lines(const runtime::Program& program, const Story& story);

} // namespace watchword::oracle
