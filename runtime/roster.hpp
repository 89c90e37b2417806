// Who there is: employees with their accounts and attributes, every version of these, and the accounts nobody knows.
// One per engine; not thread-safe. Account names compare without regard to case.
#pragma once

#include "runtime/account_numbers.hpp"
#include "runtime/program.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace watchword::runtime {

class SnapshotReader;
class SnapshotWriter;

/// An employee as a roster file, a source or a test states it. Texts are copied. Attributes of type person (and lists
/// of them) are account names as text here; everywhere else in the roster they are PersonIds. Absent values change
/// nothing.
struct RosterEntry {
    std::string_view id;
    std::span<const std::string> aliases;
    /// attribute index, value
    std::span<const std::pair<std::uint32_t, Value>> attributes;
};

/// A place among the roster's changes: what is in force there are the first `changes` of them, of those that were made
/// up to `time`. As it stands: everything, now.
struct RosterMoment {
    std::uint64_t changes = UINT64_MAX;
    Time time = never;
};

class Roster {
public:
    explicit Roster(const Program& program);
    ~Roster();
    Roster(const Roster&) = delete;
    Roster& operator=(const Roster&) = delete;

    /// From now on only its people are somebody. Entering a known id or alias again changes that employee: given
    /// attributes replace, the others stay.
    /// Returns a sentence if an alias belongs to somebody else already (the alias then stays with the first).
    std::string enter(const RosterEntry& entry);
    void require() { required_ = true; } ///< there is a roster, even if it is empty
    bool required() const { return required_; }

    /// The person of an account name. Without a roster every distinct name is a person. With one, an unknown name is
    /// an outsider: it has an id, so that it can be compared, but `is_employee` is false.
    PersonId resolve(std::string_view account);
    /// The same without making anybody: nobody if the name is new.
    PersonId find(std::string_view account) const;
    /// Who an employee is so far: by their id, or else an outsider by some account; nobody: they are new.
    PersonId find(const RosterEntry& entry) const;
    /// The same of several, in less time: `people[i]` is whom `accounts[i]` names.
    void find(std::span<const std::string_view> accounts, PersonId* people) const;
    /// A number for an account name, for events to carry (Event::account): the same one each time, whatever the case.
    /// Makes nobody. Of this roster alone, and in no snapshot.
    AccountNumber number(std::string_view account);
    /// Whom a numbered name names now; nobody if that is not known.
    PersonId find(AccountNumber account) const { return numbers_.person(account); }
    /// Rises whenever a name that was known becomes another person's.
    std::uint64_t names_version() const { return names_.moved; }
    /// Rises whenever a name becomes known.
    std::uint64_t names_added() const { return names_.added; }
    /// Makes an outsider an employee, whose id is the account as it is written here (an event that `adds employee`).
    void admit(PersonId person, std::string_view account);
    bool is_employee(PersonId person) const { return required_ ? is_listed(person) : person != nobody; }
    /// Whether two rows of `attributes` differ in one of these.
    bool differ(const Value* left, const Value* right, const std::vector<std::uint32_t>& attributes) const;
    /// Of whom HR has said something: a roster names them, or an event that makes an employee or changes one. Where no
    /// roster is required that is fewer than are known.
    bool is_rostered(PersonId person) const {
        return is_employee(person) && (is_listed(person) || version(person) > 0);
    }
    /// The employee id as the roster has it. Of others the account name in folded form: how it came first must not
    /// show, for that may have been in an event that nobody was to look at.
    std::string_view id(PersonId person) const;
    /// Whether `is_wanted` holds of some name of the person, all folded: the id, then what else they are called.
    /// Of nobody it is not asked.
    bool has_name(PersonId person, const std::function<bool(std::string_view)>& is_wanted) const;
    std::uint32_t size() const; ///< all, with outsiders
    std::uint32_t employees() const;

    /// The attributes in force now: EmployeeSchema::attributes values.
    const Value* attributes(PersonId person) const;
    /// Changes attributes; returns false if nothing differs. The former version stays readable by its number. Texts are
    /// copied, absent values change nothing. Times never fall.
    bool change(PersonId person, std::span<const std::pair<std::uint32_t, Value>> attributes, Time time = beginning);
    /// Versions count from 0 for each person.
    std::uint32_t version(PersonId person) const;
    const Value* attributes(PersonId person, std::uint32_t version) const;
    /// How many changes there were so far, of everybody together.
    std::uint64_t changes() const;
    const Value* attributes(PersonId person, const RosterMoment& moment) const;
    /// Memory in use, in bytes, for limits.
    std::size_t bytes() const;

    void save(SnapshotWriter& out) const;
    /// Into an empty roster.
    void load(SnapshotReader& in);
    /// One person's attributes, with their versions; not the accounts.
    void save_person(PersonId person, SnapshotWriter& out) const;
    void load_person(PersonId person, SnapshotReader& in);

private:
    struct Tables;
    bool is_listed(PersonId person) const;

    struct NameChanges {
        std::uint64_t moved = 0, added = 0;
    };
    NameChanges names_;      ///< here and not in the tables …
    AccountNumbers numbers_; ///< … for they are asked for every event
    std::unique_ptr<Tables> tables_;
    bool required_ = false;
};

} // namespace watchword::runtime
