#include "tests/oracle/clauses.hpp"

#include "tests/oracle/chooser.hpp"
#include "tests/oracle/contestant.hpp"
#include "tests/oracle/oracle.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace watchword::oracle {
namespace {

/// What the oracle says of other policies; what does not compile decides nothing.
std::string verdict(const std::string& text, const Files& files, Story story, const std::string& otherwise) {
    const auto compiled = compile(text, files);
    if (!compiled->problem.empty()) return otherwise;
    leave_out_unused(compiled->program, story);
    std::string result;
    for (const runtime::Alert& alert : judge(compiled->model, story))
        result += canonical(alert, compiled->policies, compiled->windowed);
    return result;
}

/// What the people or the records say, not the policies.
constexpr std::array of_the_world{"people: zone", "trigger: stated time"};
bool take_out(const std::string& name, Story& story) {
    bool changed = false;
    if (name == "people: zone")
        for (Employee& employee : story.employees) changed |= employee.attributes.erase("zone") != 0;
    if (name == "trigger: stated time")
        for (Record& record : story.records) {
            changed |= record.stated != record.time;
            record.stated = record.time;
        }
    return changed;
}

/// What the oracle says without the clause.
std::string without(const std::string& name, const RandomPolicies& policies, const Story& story,
                    const std::string& otherwise) {
    Story other = story;
    if (take_out(name, other)) return verdict(plain_text(policies.text), policies.files, std::move(other), otherwise);
    return verdict(plain_text(policies.text, name), policies.files, story, otherwise);
}

} // namespace

bool decides(const std::string& clause, const RandomPolicies& policies, const Story& story) {
    Story other = story;
    if (!clause_names(policies.text).contains(clause) && !take_out(clause, other)) return false;
    const std::string whole = verdict(plain_text(policies.text), policies.files, story, {});
    return without(clause, policies, story, whole) != whole;
}

void Clauses::examine(const RandomPolicies& policies, const Story& story, const std::string& expected) {
    ++cases_;
    for (const std::string& name : clause_names(policies.text)) {
        Count& count = counts_[name];
        ++count.present;
        count.deciding += without(name, policies, story, expected) != expected;
    }
    for (const char* name : of_the_world)
        if (Story other = story; take_out(name, other)) {
            Count& count = counts_[name];
            ++count.present;
            count.deciding += without(name, policies, story, expected) != expected;
        }
}

bool Clauses::report() const {
    fmt::print("{:<40} {:>8} {:>8} {:>7}\n", "clause", "cases", "decides", "%");
    bool enough = true;
    for (const std::string& name : all_clauses()) {
        const auto found = counts_.find(name);
        const Count count = found == counts_.end() ? Count{} : found->second;
        const bool seldom = count.deciding * 100 < cases_;
        enough = enough && !seldom;
        fmt::print("{:<40} {:>8} {:>8} {:>6.2f} {}\n", name, count.present, count.deciding,
                   100.0 * static_cast<double>(count.deciding) / static_cast<double>(cases_), seldom ? "too few" : "");
    }
    for (const auto& [name, count] : counts_)
        if (std::ranges::find(all_clauses(), name) == all_clauses().end()) {
            fmt::print("the clause `{}` is in no list\n", name);
            enough = false;
        }
    fmt::print("{} cases, every clause taken out of each\n", cases_);
    return enough;
}

} // namespace watchword::oracle
