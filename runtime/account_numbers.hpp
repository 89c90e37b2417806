// Account names that a host has had numbered, with whom each names now: events that carry the number are told apart
// without reading their name. Not thread-safe.
#pragma once

#include "runtime/type.hpp"

#include <tsl/robin_map.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace watchword::runtime {

class AccountNumbers {
public:
    /// no_account: none has it. Folded.
    AccountNumber find(std::string_view name) const {
        const auto known = numbers_.find(name);
        return known == numbers_.end() ? no_account : known->second;
    }
    /// Of a folded name that has none, which must outlive this; `person`: whom it names, perhaps nobody.
    AccountNumber add(std::string_view name, PersonId person) {
        const auto number = static_cast<AccountNumber>(people_.size());
        people_.push_back(person);
        numbers_.emplace(name, number);
        return number;
    }
    /// The folded name is that person's from now on.
    void set(std::string_view name, PersonId person) {
        if (numbers_.empty()) return; // nearly always
        if (const AccountNumber number = find(name); number != no_account) people_[number] = person;
    }
    PersonId person(AccountNumber number) const { return number < people_.size() ? people_[number] : nobody; }
    std::size_t bytes() const {
        return people_.capacity() * sizeof(PersonId) + numbers_.bucket_count() * sizeof(Numbers::value_type);
    }

private:
    using Numbers = tsl::robin_map<std::string_view, AccountNumber>;
    Numbers numbers_;
    std::vector<PersonId> people_{nobody}; ///< by number
};

} // namespace watchword::runtime
