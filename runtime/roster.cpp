// People by their accounts. Texts and rows are copied into memory that lives as long as the roster; equal texts are
// kept once. Every version of a person's attributes stays, so that looking back sees what was in force.
#include "runtime/roster.hpp"

#include "runtime/name_table.hpp"
#include "runtime/prefetch.hpp"
#include "runtime/snapshot.hpp"

#include <tsl/robin_map.h>
#include <tsl/robin_set.h>
#define XXH_INLINE_ALL // names are short: the call would cost as much as the hash
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <memory_resource>

namespace watchword::runtime {

namespace {

struct TextHash {
    std::size_t operator()(std::string_view text) const noexcept { return XXH3_64bits(text.data(), text.size()); }
};

constexpr std::uint32_t no_alias = UINT32_MAX;

/// A row that was in force until the change with that number, at that time.
struct FormerRow {
    Value* row = nullptr;
    std::uint64_t until_change = 0;
    Time until = beginning;
};

struct Person {
    std::string_view id;
    Value* current = nullptr; ///< the row in force; nullptr: nothing but defaults
    std::uint32_t version = 0;
    std::uint32_t alias = no_alias; ///< the newest of Tables::aliases
    bool employee = false;          ///< asked only where there is a roster
};

/// Another name of somebody.
struct Alias {
    std::string_view name;
    std::uint32_t next = 0; ///< an older one of the same person
};

Type element_of(Type list) { return {static_cast<Kind>(list.detail), false, 0}; }

bool holds_bytes(Kind kind) { return is_textual(kind) || kind == Kind::ip; }

bool same(const Value& left, const Value& right, Type type) {
    if (left.present() != right.present()) return false;
    if (!left.present()) return true;
    if (holds_bytes(type.kind)) return left.text() == right.text();
    if (type.kind == Kind::real) return left.real == right.real;
    if (type.kind != Kind::list) return left.integer == right.integer;
    if (left.extent != right.extent) return false;
    for (std::size_t i = 0; i < left.extent; ++i)
        if (!same(left.items[i], right.items[i], element_of(type))) return false;
    return true;
}

} // namespace

struct Roster::Tables {
    Tables(const EmployeeSchema& attributes, NameChanges& noted, AccountNumbers& numbered)
        : schema(attributes), name_changes(noted), numbers(numbered) {
        for (const Field& field : schema.attributes)
            defaults.push_back(with_person_ids(field.fallback.value_or(Value::absent()), field.type));
    }

    std::string_view folded(std::string_view account);
    std::string_view copy(std::string_view text);
    std::string_view keep(std::string_view text); ///< once each
    Value keep(const Value& value, Type type);
    Value with_person_ids(const Value& value, Type type);
    Value* allocate(std::size_t count);

    /// nobody if the name is new.
    PersonId find(std::string_view account);
    PersonId add(std::string_view account);
    PersonId find_or_add(std::string_view account);
    /// Gives the folded name, which must stay, to a person.
    void give(std::string_view name, PersonId person) {
        names.set(name, person);
        numbers.set(name, person);
        if (!equal_folded(name, people[person].id)) note_alias(name, person);
    }
    void note_alias(std::string_view name, PersonId person) {
        aliases.push_back({name, people[person].alias});
        people[person].alias = static_cast<std::uint32_t>(aliases.size() - 1);
    }
    const Value* row(const Person& person) const {
        return person.current == nullptr ? defaults.data() : person.current;
    }
    bool change(PersonId id, std::span<const std::pair<std::uint32_t, Value>> attributes, Time time);
    void begin(PersonId id, std::span<const std::pair<std::uint32_t, Value>> attributes);
    std::string take_alias(PersonId person, std::string_view alias);
    void settle();
    void settle_row(Value* row);
    void save_row(const Value* row, SnapshotWriter& out) const;
    Value* load_row(SnapshotReader& in);

    const EmployeeSchema& schema;
    std::vector<Value> defaults;
    std::vector<Person> people;
    std::vector<Alias> aliases; ///< of everybody; what became another person's stays, and is asked for in `names`
    std::pmr::monotonic_buffer_resource memory{std::size_t{16} << 10};
    std::size_t memory_used = 0;
    NameTable names; ///< folded accounts
    tsl::robin_set<std::string_view, TextHash> texts;
    /// Rows that a person had before the present one, oldest first; of those who changed.
    tsl::robin_map<PersonId, std::vector<FormerRow>> former;
    std::uint64_t changes = 0;
    NameChanges& name_changes;
    AccountNumbers& numbers;
    std::uint32_t employees = 0;
    std::string folding; ///< room for `folded`
    /// Outsiders who turned out to be an employee's account: attributes that name them are put right before they are
    /// next read.
    tsl::robin_map<PersonId, PersonId> merged;
};

std::string_view Roster::Tables::folded(std::string_view account) {
    if (is_folded_ascii(account)) return account;
    folding = fold(account);
    return folding;
}

std::string_view Roster::Tables::keep(std::string_view text) {
    if (text.empty()) return "";
    if (const auto known = texts.find(text); known != texts.end()) return *known;
    return *texts.insert(copy(text)).first;
}

std::string_view Roster::Tables::copy(std::string_view text) {
    if (text.empty()) return "";
    char* const place = static_cast<char*>(memory.allocate(text.size(), 1));
    memory_used += text.size();
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
}

Value* Roster::Tables::allocate(std::size_t count) {
    memory_used += count * sizeof(Value);
    auto* const place = static_cast<Value*>(memory.allocate(count * sizeof(Value), alignof(Value)));
    std::uninitialized_default_construct_n(place, count);
    return place;
}

Value Roster::Tables::keep(const Value& value, Type type) {
    if (!value.present()) return value;
    if (holds_bytes(type.kind)) return Value::of(keep(value.text()));
    if (type.kind != Kind::list) return value;
    Value* const items = allocate(value.extent);
    for (std::size_t i = 0; i < value.extent; ++i) items[i] = keep(value.items[i], element_of(type));
    return Value::of_list(value.extent == 0 ? nullptr : items, value.extent);
}

/// Account names as the people they belong to; other values as they are.
Value Roster::Tables::with_person_ids(const Value& value, Type type) {
    if (!value.present()) return value;
    if (type.kind == Kind::person) {
        if (value.extent == 0) return Value::absent();
        return Value::of(static_cast<std::int64_t>(find_or_add(value.text())));
    }
    if (type.kind != Kind::list || element_of(type).kind != Kind::person) return value;
    Value* const items = allocate(value.extent);
    for (std::size_t i = 0; i < value.extent; ++i) items[i] = with_person_ids(value.items[i], element_of(type));
    return Value::of_list(value.extent == 0 ? nullptr : items, value.extent);
}

PersonId Roster::Tables::find(std::string_view account) {
    const NameTable::Probe probe = NameTable::probe(account);
    return names.find(NameTable::is_folded(probe, account) ? probe : NameTable::probe(folded(account)));
}

PersonId Roster::Tables::add(std::string_view account) {
    const auto person = static_cast<PersonId>(people.size());
    const std::string_view name = copy(folded(account));
    people.push_back({name});
    give(name, person);
    ++name_changes.added;
    return person;
}

PersonId Roster::Tables::find_or_add(std::string_view account) {
    const PersonId person = find(account);
    return person == nobody ? add(account) : person;
}

bool Roster::Tables::change(PersonId id, std::span<const std::pair<std::uint32_t, Value>> attributes, Time time) {
    const auto differs = [&](const std::pair<std::uint32_t, Value>& attribute) {
        return attribute.first < defaults.size() && attribute.second.present() &&
               !same(row(people[id])[attribute.first], attribute.second, schema.attributes[attribute.first].type);
    };
    if (std::none_of(attributes.begin(), attributes.end(), differs)) return false;
    former[id].push_back({people[id].current, changes++, time});
    begin(id, attributes);
    ++people[id].version;
    return true;
}

/// Gives the person a new row.
void Roster::Tables::begin(PersonId id, std::span<const std::pair<std::uint32_t, Value>> attributes) {
    Value* const next = allocate(defaults.size());
    std::copy_n(row(people[id]), defaults.size(), next);
    for (const auto& [attribute, value] : attributes)
        if (attribute < defaults.size() && value.present())
            next[attribute] = keep(value, schema.attributes[attribute].type);
    people[id].current = next;
}

/// Makes the name one of the person's; a sentence if it is another employee's already.
std::string Roster::Tables::take_alias(PersonId person, std::string_view alias) {
    const PersonId holder = find(alias);
    if (holder == person) return {};
    if (holder != nobody) {
        if (people[holder].employee)
            return "the account `" + std::string(alias) + "` belongs to `" + std::string(people[holder].id) +
                   "` already, not to `" + std::string(people[person].id) + "`";
        merged[holder] = person;
    }
    give(keep(folded(alias)), person);
    ++name_changes.moved;
    ++name_changes.added;
    return {};
}

void Roster::Tables::settle_row(Value* row) {
    if (row == nullptr) return;
    const auto put_right = [&](Value& value) {
        if (!value.present()) return;
        for (auto found = merged.find(static_cast<PersonId>(value.integer)); found != merged.end();
             found = merged.find(static_cast<PersonId>(value.integer)))
            value.integer = found->second;
    };
    for (std::size_t i = 0; i < defaults.size(); ++i) {
        const Type type = schema.attributes[i].type;
        if (type.kind == Kind::person) put_right(row[i]);
        if (type.kind != Kind::list || element_of(type).kind != Kind::person) continue;
        // Lists of people are always this roster's own: `keep` and `with_person_ids` made them.
        for (std::size_t item = 0; item < row[i].extent; ++item) put_right(const_cast<Value&>(row[i].items[item]));
    }
}

void Roster::Tables::settle() {
    if (merged.empty()) return; // nearly always
    for (const Person& person : people) settle_row(person.current);
    for (const auto& [id, rows] : former)
        for (const FormerRow& one : rows) settle_row(one.row);
    merged.clear();
}

Roster::Roster(const Program& program) : tables_(std::make_unique<Tables>(program.employee, names_, numbers_)) {}
Roster::~Roster() = default;

std::string Roster::enter(const RosterEntry& entry) {
    Tables& tables = *tables_;
    const bool was_required = std::exchange(required_, true);
    if (entry.id.empty()) return "an employee without an id";
    PersonId id = find(entry);
    if (id != nobody && tables.find(entry.id) == nobody) { // has been seen by one of the accounts only
        tables.give(tables.keep(tables.folded(entry.id)), id);
        ++names_.added;
    }
    const bool is_new = id == nobody || (was_required && !tables.people[id].employee && tables.people[id].version == 0);
    if (id == nobody) id = tables.add(entry.id);
    if (!tables.people[id].employee) {
        if (!equal_folded(tables.people[id].id, entry.id)) // was known by an account
            tables.note_alias(tables.keep(tables.folded(tables.people[id].id)), id);
        tables.people[id].employee = true;
        tables.people[id].id = tables.keep(entry.id);
        ++tables.employees;
    }
    std::string complaint;
    for (const std::string& alias : entry.aliases) {
        if (alias.empty()) continue;
        std::string sentence = tables.take_alias(id, alias);
        if (complaint.empty()) complaint = std::move(sentence);
    }
    std::vector<std::pair<std::uint32_t, Value>> attributes;
    for (const auto& [attribute, value] : entry.attributes)
        if (attribute < tables.defaults.size())
            attributes.emplace_back(attribute, tables.with_person_ids(value, tables.schema.attributes[attribute].type));
    // Nobody has read attributes of someone who was not there, so a first row needs no version of its own.
    if (is_new)
        tables.begin(id, attributes);
    else
        tables.change(id, attributes, beginning);
    return complaint;
}

PersonId Roster::find(const RosterEntry& entry) const {
    const PersonId known = tables_->find(entry.id);
    if (known != nobody) return known;
    for (const std::string& alias : entry.aliases)
        if (const PersonId seen = tables_->find(alias); seen != nobody && !tables_->people[seen].employee) return seen;
    return nobody;
}

bool Roster::differ(const Value* left, const Value* right, const std::vector<std::uint32_t>& attributes) const {
    return std::any_of(attributes.begin(), attributes.end(), [&](std::uint32_t attribute) {
        return !same(left[attribute], right[attribute], tables_->schema.attributes[attribute].type);
    });
}

PersonId Roster::resolve(std::string_view account) { return account.empty() ? nobody : tables_->find_or_add(account); }

PersonId Roster::find(std::string_view account) const { return tables_->find(account); }

AccountNumber Roster::number(std::string_view account) {
    if (account.empty()) return no_account;
    const PersonId person = tables_->find(account);
    const std::string_view name = tables_->folded(account);
    const AccountNumber known = numbers_.find(name);
    return known != no_account ? known : numbers_.add(tables_->keep(name), person);
}

void Roster::find(std::span<const std::string_view> accounts, PersonId* people) const {
    std::array<NameTable::Probe, 64> probes;
    for (std::size_t first = 0; first < accounts.size(); first += probes.size()) {
        const auto some = accounts.subspan(first, std::min(probes.size(), accounts.size() - first));
        for (const std::string_view account : some) ask_for(account.data());
        for (std::size_t i = 0; i < some.size(); ++i) probes[i] = NameTable::probe(some[i]);
        tables_->names.find(std::span(probes).first(some.size()), people + first);
        for (std::size_t i = 0; i < some.size(); ++i) // all names in the table are folded
            if (people[first + i] == nobody && !NameTable::is_folded(probes[i], some[i]))
                people[first + i] = tables_->find(some[i]);
    }
}

void Roster::admit(PersonId person, std::string_view account) {
    if (person >= tables_->people.size() || tables_->people[person].employee) return;
    tables_->people[person].employee = true;
    tables_->people[person].id = tables_->keep(account);
    ++tables_->employees;
}

bool Roster::is_listed(PersonId person) const {
    return person < tables_->people.size() && tables_->people[person].employee;
}

std::string_view Roster::id(PersonId person) const {
    return person < tables_->people.size() ? tables_->people[person].id : std::string_view{};
}

bool Roster::has_name(PersonId person, const std::function<bool(std::string_view)>& is_wanted) const {
    if (person >= tables_->people.size()) return false;
    const Person& of = tables_->people[person];
    if (is_wanted(fold(of.id))) return true;
    for (std::uint32_t at = of.alias; at != no_alias; at = tables_->aliases[at].next)
        if (tables_->find(tables_->aliases[at].name) == person && is_wanted(tables_->aliases[at].name)) return true;
    return false;
}

std::uint32_t Roster::size() const { return static_cast<std::uint32_t>(tables_->people.size()); }
std::uint32_t Roster::employees() const { return required_ ? tables_->employees : size(); }

const Value* Roster::attributes(PersonId person) const {
    tables_->settle();
    if (person >= tables_->people.size()) return tables_->defaults.data();
    return tables_->row(tables_->people[person]);
}

bool Roster::change(PersonId person, std::span<const std::pair<std::uint32_t, Value>> attributes, Time time) {
    return person < tables_->people.size() && tables_->change(person, attributes, time);
}

std::uint32_t Roster::version(PersonId person) const {
    return person < tables_->people.size() ? tables_->people[person].version : 0;
}

const Value* Roster::attributes(PersonId person, std::uint32_t version) const {
    tables_->settle();
    if (person >= tables_->people.size() || version >= tables_->people[person].version) return attributes(person);
    const auto found = tables_->former.find(person);
    const Value* const row = found == tables_->former.end() ? nullptr : found->second[version].row;
    return row == nullptr ? tables_->defaults.data() : row;
}

std::uint64_t Roster::changes() const { return tables_->changes; }

const Value* Roster::attributes(PersonId person, const RosterMoment& moment) const {
    if (moment.changes >= tables_->changes && moment.time == never) return attributes(person);
    const auto found = tables_->former.find(person);
    if (found == tables_->former.end()) return attributes(person);
    const auto holds = [&](const FormerRow& one) {
        return one.until_change >= moment.changes || one.until > moment.time;
    };
    const auto first = std::find_if(found->second.begin(), found->second.end(), holds);
    return attributes(person, static_cast<std::uint32_t>(first - found->second.begin()));
}

std::size_t Roster::bytes() const {
    const Tables& tables = *tables_;
    return tables.memory_used + tables.people.capacity() * sizeof(Person) + tables.aliases.capacity() * sizeof(Alias) +
           tables.names.bytes() + numbers_.bytes() + tables.texts.bucket_count() * (sizeof(std::string_view) + 8) +
           tables.former.bucket_count() * (sizeof(std::vector<FormerRow>) + 16);
}

void Roster::Tables::save_row(const Value* row, SnapshotWriter& out) const {
    out.flag(row != nullptr);
    for (std::size_t i = 0; row != nullptr && i < defaults.size(); ++i)
        out.values({row + i, 1}, {&schema.attributes[i].type, 1});
}

Value* Roster::Tables::load_row(SnapshotReader& in) {
    if (!in.flag()) return nullptr;
    Value* const row = allocate(defaults.size());
    KeptValues kept(std::pmr::get_default_resource());
    for (std::size_t i = 0; i < defaults.size() && in.ok(); ++i) {
        in.values({&schema.attributes[i].type, 1}, kept);
        if (in.ok()) row[i] = keep(kept.data()[0], schema.attributes[i].type);
    }
    return row;
}

void Roster::save_person(PersonId person, SnapshotWriter& out) const {
    tables_->settle();
    const Person& of = tables_->people[person];
    out.flag(of.employee);
    out.number(of.version);
    if (const auto rows = tables_->former.find(person); rows != tables_->former.end())
        for (const FormerRow& one : rows->second) {
            tables_->save_row(one.row, out);
            out.number(one.until_change);
            out.signed_number(one.until);
        }
    tables_->save_row(of.current, out);
}

void Roster::load_person(PersonId person, SnapshotReader& in) {
    Tables& tables = *tables_;
    const bool employee = in.flag();
    const std::size_t versions = in.count();
    std::vector<FormerRow> former;
    for (std::size_t left = versions; left != 0 && in.ok(); --left) {
        Value* const row = tables.load_row(in);
        const std::uint64_t until_change = in.number();
        former.push_back({row, until_change, in.signed_number()});
        in.expect(until_change < UINT64_MAX, "a roster with too many changes");
        if (in.ok()) tables.changes = std::max(tables.changes, until_change + 1);
    }
    Value* const current = tables.load_row(in);
    if (!in.ok()) return;
    if (employee != tables.people[person].employee) employee ? ++tables.employees : --tables.employees;
    tables.people[person].employee = employee;
    tables.people[person].version = static_cast<std::uint32_t>(versions);
    tables.people[person].current = current;
    tables.former.erase(person);
    if (versions != 0) tables.former[person] = std::move(former);
}

// In a snapshot: whether it is required · number of people · per person the id and the attributes of every version ·
// accounts in their order, with the person.
void Roster::save(SnapshotWriter& out) const {
    out.flag(required_);
    out.number(tables_->people.size());
    for (PersonId person = 0; person < tables_->people.size(); ++person) {
        out.text(tables_->people[person].id);
        save_person(person, out);
    }
    std::vector<std::pair<std::string_view, PersonId>> names;
    tables_->names.for_each([&](std::string_view name, PersonId person) { names.emplace_back(name, person); });
    std::sort(names.begin(), names.end());
    out.number(names.size());
    for (const auto& [name, person] : names) {
        out.text(name);
        out.number(person);
    }
}

void Roster::load(SnapshotReader& in) {
    Tables& tables = *tables_;
    required_ = in.flag();
    const std::size_t people = in.count();
    if (!in.expect(people < nobody, "too many people")) return;
    in.context().people = static_cast<PersonId>(people);
    tables.people.assign(people, {});
    tables.aliases.clear();
    tables.names.clear();
    tables.employees = 0;
    for (PersonId person = 0; person < people && in.ok(); ++person) {
        tables.people[person].id = tables.keep(in.text());
        load_person(person, in);
    }
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        const std::string_view name = tables.keep(in.text());
        if (!in.expect(tables.names.find(NameTable::probe(name)) == nobody, "an account comes twice")) return;
        const auto person = static_cast<PersonId>(in.index(people));
        if (in.ok()) tables.give(name, person);
    }
}

} // namespace watchword::runtime
