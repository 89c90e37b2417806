#include "tests/oracle/promise.hpp"

#include "tests/oracle/oracle.hpp"
#include "tests/oracle/vocabulary.hpp"

#include <algorithm>
#include <cctype>

namespace watchword::oracle {

Story change_outside(const Compiled& compiled, const Story& story, Random& random) {
    std::vector<bool> inside;
    judge(compiled.model, story, &inside);
    Story changed = story;
    changed.records.clear();
    for (std::size_t position = 0; position < story.records.size(); ++position) {
        Record record = story.records[position];
        if (inside[position] || !record.type.starts_with("act.")) {
            changed.records.push_back(std::move(record));
            continue;
        }
        const int what = random.below(3);
        if (what == 0) continue;
        for (const FieldRow& field : event_row(record.type).fields) {
            record.fields.erase(field.name);
            if (!field.optional || random.chance(50))
                record.fields[field.name] = random_value(random, field, record.time, runtime::one_hour);
        }
        // nor may it matter in which form a name came first
        if (random.chance(30))
            for (char& letter : record.account)
                letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
        changed.records.push_back(record);
        record.id += "-again";
        if (what == 1) changed.records.push_back(std::move(record));
    }
    // The clock is part of the promise: both end at the same time.
    if (!story.records.empty()) changed.until = std::max(story.until, story.records.back().time);
    return changed;
}

} // namespace watchword::oracle
