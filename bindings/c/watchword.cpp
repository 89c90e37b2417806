// The C interface over bindings/cpp: looks at what comes in, hands it on, and lets no exception out. Knows nothing of
// what stands behind that interface.
#include "bindings/c/watchword.h"

#include "bindings/cpp/monitor.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <vector>

struct ww_policies {
    std::shared_ptr<const watchword::Policies> compiled; ///< nullptr: there were errors
    std::string messages;
};

struct ww_monitor {
    ww_monitor(std::shared_ptr<const watchword::Policies> policies, watchword::MonitorOptions options)
        : engine(std::move(policies), std::move(options)) {}
    watchword::Monitor engine;
    std::string text;                        ///< what the last call gave
    std::string problem;                     ///< what was wrong with the last that was not fine
    mutable std::atomic<bool> in_use{false}; ///< a call is under way
};

namespace {

using watchword::Outcome;

constexpr std::size_t longest_struct = 4096; ///< no later version will need more; a size beyond it was never set

static_assert(static_cast<int>(Outcome::taken) == ww_taken && static_cast<int>(Outcome::full) == ww_full &&
              static_cast<int>(Outcome::taken_in_part) == ww_taken_in_part &&
              static_cast<int>(Outcome::unused) == ww_unused && static_cast<int>(Outcome::late) == ww_late &&
              static_cast<int>(Outcome::rejected) == ww_rejected);

ww_text given(const std::string& text) { return {text.c_str(), text.size()}; }

/// What a call is answered with that cannot be done as it is; thrown on this side of the boundary alone.
struct Misuse {
    const char* why;
};

std::string_view taken(ww_text text) {
    if (text.length == 0) return {};
    if (text.data == nullptr) throw Misuse{"a text is NULL and has a length"};
    if (text.length > PTRDIFF_MAX) throw Misuse{"a text has a length that nothing can have"};
    return {text.data, text.length};
}

template <typename Pointer>
void need(Pointer* pointer) {
    if (pointer == nullptr) throw Misuse{"a pointer is NULL that must not be"};
}

/// A struct of a caller who may know fewer members than this library, or more.
template <typename Options>
Options known(const Options* from) {
    Options options{};
    if (from == nullptr) return options;
    const std::size_t size = from->size;
    const char* const bytes = reinterpret_cast<const char*>(from);
    if (size < sizeof size || size > longest_struct) throw Misuse{"the size of a struct is not set"};
    std::memcpy(&options, bytes, std::min(size, sizeof options));
    if (size > sizeof options && std::any_of(bytes + sizeof options, bytes + size, [](char byte) { return byte != 0; }))
        throw Misuse{"a struct sets what this version does not know"};
    return options;
}

/// Runs `work`; what it throws becomes a status, and a sentence for `problem` where there is one.
template <typename Work>
ww_status guarded(std::string* problem, const Work& work) noexcept {
    const auto say = [&](const char* why, ww_status status) {
        try {
            if (problem != nullptr) *problem = why;
        } catch (...) { // then it stays unsaid
        }
        return status;
    };
    try {
        return work();
    } catch (const Misuse& misuse) {
        return say(misuse.why, ww_usage);
    } catch (const std::bad_alloc&) {
        return say("out of memory", ww_limit);
    } catch (...) {
        return say("an error of Watchword", ww_internal);
    }
}

/// One call with a monitor at a time.
template <typename Work>
ww_status with(ww_monitor* monitor, const Work& work) noexcept {
    if (monitor == nullptr || monitor->in_use.exchange(true, std::memory_order_acquire)) return ww_usage;
    const ww_status status = guarded(&monitor->problem, [&] { return work(*monitor); });
    monitor->in_use.store(false, std::memory_order_release);
    return status;
}

ww_status answer(ww_monitor& monitor, Outcome outcome, ww_outcome* out) {
    if (outcome != Outcome::taken && outcome != Outcome::unused) monitor.problem = monitor.engine.problem();
    if (out != nullptr) *out = static_cast<ww_outcome>(outcome);
    if (outcome == Outcome::rejected) return ww_input;
    return outcome == Outcome::full ? ww_limit : ww_fine;
}

ww_status give(ww_monitor& monitor, std::string text, ww_text* out) {
    monitor.text = std::move(text);
    *out = given(monitor.text);
    return ww_fine;
}

/// A function of the host as the compiler asks it.
std::optional<std::string> ask(const ww_policy_options& options, std::string_view name, std::string_view from) {
    const std::string asked{name}, asker{from}; // with a zero byte behind them
    ww_text content{nullptr, 0};
    if (options.read(options.user, given(asked), given(asker), &content) != 0) return std::nullopt;
    return std::string(taken(content));
}

ww_status keep(std::shared_ptr<const watchword::Policies> compiled, std::string messages, ww_policies** policies) {
    const ww_status status = compiled != nullptr ? ww_fine : ww_not_compiled;
    *policies = new ww_policies{std::move(compiled), std::move(messages)};
    return status;
}

watchword::MonitorOptions monitor_options(const ww_monitor_options& from) {
    watchword::MonitorOptions options;
    options.key = taken(from.key);
    options.reveal = from.reveal != 0;
    if (from.memory_bytes != 0) options.memory_bytes = std::min<std::uint64_t>(from.memory_bytes, SIZE_MAX);
    if (from.latest != 0) options.latest = from.latest;
    return options;
}

/// Into the struct of a caller who may know fewer members than this library, or more.
void write_known(ww_lines known, ww_lines* result) {
    const std::size_t size = result->size;
    known.size = size;
    char* const bytes = reinterpret_cast<char*>(result);
    std::memcpy(bytes, &known, std::min(size, sizeof known));
    if (size > sizeof known) std::memset(bytes + sizeof known, 0, size - sizeof known);
}

} // namespace

const char* ww_version(void) { return WATCHWORD_VERSION; }

ww_status ww_policies_compile(const ww_policy_file* files, size_t count, const ww_policy_options* options,
                              ww_policies** policies) {
    if (policies == nullptr) return ww_usage;
    *policies = nullptr;
    return guarded(nullptr, [&] {
        const ww_policy_options given_options = known(options);
        if (count != 0) need(files);
        std::vector<watchword::PolicyFile> texts;
        for (std::size_t i = 0; i < count; ++i)
            texts.push_back({std::string(taken(files[i].name)), std::string(taken(files[i].text))});
        watchword::PolicyOptions compiler;
        if (given_options.read != nullptr)
            compiler.read = [&](std::string_view name, std::string_view from) {
                return ask(given_options, name, from);
            };
        std::string messages;
        auto compiled = watchword::Policies::compile(texts, messages, compiler);
        return keep(std::move(compiled), std::move(messages), policies);
    });
}

ww_status ww_policies_standard(ww_text module, ww_policies** policies) {
    if (policies == nullptr) return ww_usage;
    *policies = nullptr;
    return guarded(nullptr, [&] {
        std::string messages;
        auto compiled = watchword::Policies::standard(taken(module), messages);
        return keep(std::move(compiled), std::move(messages), policies);
    });
}

ww_text ww_policies_messages(const ww_policies* policies) {
    return policies == nullptr ? ww_text{"", 0} : given(policies->messages);
}

void ww_policies_free(ww_policies* policies) { delete policies; }

ww_status ww_monitor_new(const ww_policies* policies, const ww_monitor_options* options, ww_monitor** monitor) {
    if (monitor == nullptr) return ww_usage;
    *monitor = nullptr;
    return guarded(nullptr, [&]() -> ww_status {
        need(policies);
        if (policies->compiled == nullptr) return ww_usage;
        *monitor = new ww_monitor{policies->compiled, monitor_options(known(options))};
        return ww_fine;
    });
}

void ww_monitor_free(ww_monitor* monitor) { delete monitor; }

ww_status ww_monitor_enter(ww_monitor* monitor, ww_text employee, ww_outcome* outcome) {
    return with(monitor, [&](ww_monitor& its) { return answer(its, its.engine.enter(taken(employee)), outcome); });
}

ww_status ww_monitor_push(ww_monitor* monitor, ww_text record, ww_outcome* outcome) {
    return with(monitor, [&](ww_monitor& its) { return answer(its, its.engine.push(taken(record)), outcome); });
}

ww_status ww_monitor_push_lines(ww_monitor* monitor, ww_text records, ww_lines* result) {
    return with(monitor, [&](ww_monitor& its) -> ww_status {
        if (result != nullptr && (result->size < sizeof result->size || result->size > longest_struct))
            throw Misuse{"the size of a struct is not set"};
        watchword::LinesOutcome outcome = its.engine.push_lines(taken(records));
        if (outcome.full)
            its.problem = its.engine.problem();
        else if (outcome.rejected != 0)
            its.problem = outcome.problem;
        its.text = std::move(outcome.problem);
        if (result != nullptr)
            write_known({0, outcome.lines, outcome.taken, outcome.unused, outcome.late, outcome.rejected,
                         outcome.first_rejected, given(its.text)},
                        result);
        if (outcome.full) return ww_limit;
        return outcome.rejected != 0 ? ww_input : ww_fine;
    });
}

ww_status ww_monitor_allow_until(ww_monitor* monitor, int64_t latest) {
    return with(monitor, [&](ww_monitor& its) {
        its.engine.allow_until(latest);
        return ww_fine;
    });
}

ww_status ww_monitor_advance(ww_monitor* monitor, int64_t time) {
    return with(monitor, [&](ww_monitor& its) { return answer(its, its.engine.advance(time), nullptr); });
}

ww_status ww_monitor_take_alerts(ww_monitor* monitor, ww_text* alerts) {
    return with(monitor, [&](ww_monitor& its) {
        need(alerts);
        return give(its, its.engine.take_alerts(), alerts);
    });
}

ww_status ww_monitor_score(ww_monitor* monitor, ww_text policy, ww_text account, double* score) {
    return with(monitor, [&](ww_monitor& its) {
        need(score);
        *score = its.engine.score(taken(policy), taken(account));
        return ww_fine;
    });
}

ww_status ww_monitor_open_watches(ww_monitor* monitor, ww_text* watches) {
    return with(monitor, [&](ww_monitor& its) {
        need(watches);
        return give(its, its.engine.open_watches(), watches);
    });
}

ww_status ww_monitor_save(ww_monitor* monitor, ww_text* saved) {
    return with(monitor, [&](ww_monitor& its) {
        need(saved);
        return give(its, its.engine.save(), saved);
    });
}

ww_status ww_monitor_restore(ww_monitor* monitor, ww_text saved) {
    return with(monitor, [&](ww_monitor& its) -> ww_status {
        std::string problem = its.engine.restore(taken(saved));
        if (problem.empty()) return ww_fine;
        its.problem = std::move(problem);
        return ww_input;
    });
}

ww_text ww_monitor_problem(const ww_monitor* monitor) {
    if (monitor == nullptr) return {"", 0};
    constexpr std::string_view busy = "another thread is using the monitor";
    if (monitor->in_use.load(std::memory_order_acquire)) return {busy.data(), busy.size()};
    return given(monitor->problem);
}
