#include "tools/reload.hpp"

#include "runtime/kept_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

namespace watchword::tools {

namespace {

volatile std::sig_atomic_t asked = 0;

extern "C" void ask(int) { asked = 1; }

/// All code, and all constants but lists from files.
bool same_code(const runtime::Program& left, const runtime::Program& right) {
    const auto same = [](const runtime::Instruction& a, const runtime::Instruction& b) {
        return a.opcode == b.opcode && a.a == b.a && a.b == b.b && a.c == b.c && a.immediate == b.immediate;
    };
    if (!std::equal(left.code.begin(), left.code.end(), right.code.begin(), right.code.end(), same) ||
        left.constant_types != right.constant_types || left.file_lists != right.file_lists)
        return false;
    for (std::uint32_t i = 0; i < left.constants.size(); ++i) {
        if (std::binary_search(left.file_lists.begin(), left.file_lists.end(), i)) continue;
        runtime::Bytes one, other;
        runtime::put_value(one, left.constants[i], left.constant_types[i]);
        runtime::put_value(other, right.constants[i], right.constant_types[i]);
        if (one != other) return false;
    }
    return true;
}

bool same_text(const runtime::Program& left, const runtime::Program& right) {
    return std::equal(left.files.begin(), left.files.end(), right.files.begin(), right.files.end(),
                      [](const auto& a, const auto& b) { return a.name == b.name && a.text == b.text; });
}

} // namespace

std::optional<std::string> take_lists(runtime::Program& running, runtime::Program newer) {
    const auto same_set = [](const runtime::ConstantSet& a, const runtime::ConstantSet& b) {
        return a.kind == b.kind && a.folded == b.folded && a.may_change == b.may_change &&
               a.networks.empty() == b.networks.empty();
    };
    const runtime::Program &a = running, &b = newer;
    if (!same_text(a, b)) return "the policies have changed; start the run again";
    if (!same_code(a, b) || a.tables.size() != b.tables.size() || a.calendars.size() != b.calendars.size() ||
        a.baselines.size() != b.baselines.size() ||
        !std::equal(a.sets.begin(), a.sets.end(), b.sets.begin(), b.sets.end(), same_set))
        return "a policy computes with their content beforehand; start the run again";
    // one by one, for code and states know them by their places
    for (std::size_t i = 0; i < a.sets.size(); ++i)
        if (a.sets[i].may_change) running.sets[i] = std::move(newer.sets[i]); // an index may point into the others
    for (const std::uint32_t list : a.file_lists) running.constants[list] = newer.constants[list];
    running.file_list_arena = std::move(newer.file_list_arena);
    for (std::size_t i = 0; i < a.tables.size(); ++i) running.tables[i] = std::move(newer.tables[i]);
    for (std::size_t i = 0; i < a.calendars.size(); ++i)
        running.calendars[i].holidays = std::move(newer.calendars[i].holidays);
    for (std::size_t i = 0; i < a.baselines.size(); ++i) running.baselines[i] = std::move(newer.baselines[i]);
    return std::nullopt;
}

Reload::Reload(std::vector<std::string> words, const Context& context) : words_(std::move(words)), context_(context) {
    std::signal(SIGHUP, ask);
}

bool Reload::is_asked() { return asked != 0; }

void Reload::read(Policies& running) const {
    asked = 0;
    Policies newer;
    if (load_policies(words_, {}, context_, newer) != exit_fine) {
        context_.complain("lists are not read anew: the policies do not compile");
        return;
    }
    if (const auto problem = take_lists(*running.program, std::move(*newer.program)))
        context_.complain("lists are not read anew: " + *problem);
    else
        context_.say("lists and tables were read anew\n");
}

} // namespace watchword::tools
