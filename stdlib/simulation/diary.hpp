// Where simulated records are written down before they are put in order: one native JSON record each, without id and
// time.
#pragma once

#include "stdlib/simulation/company.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::stdlib {

struct DiaryEntry {
    runtime::Time time = 0; ///< UTC, whole seconds
    std::string text;       ///< the members after `time`, with the closing brace
};

class Diary {
public:
    /// At a local time of the person. `format` gives the further members: `,"bytes":{}`.
    template <class... Arguments>
    void add(const SimulatedPerson& person, runtime::Time local, std::string_view type,
             fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        const runtime::Time time = person.zone.from_local(local);
        DiaryEntry& entry = entries_.emplace_back();
        entry.time = time - time % runtime::one_second;
        entry.text = fmt::format(R"("type":"{}","user":"{}")", type, person.account);
        fmt::format_to(std::back_inserter(entry.text), format, std::forward<Arguments>(arguments)...);
        entry.text += '}';
    }
    std::vector<DiaryEntry>& entries() { return entries_; }

private:
    std::vector<DiaryEntry> entries_;
};

} // namespace watchword::stdlib
