#include "tests/oracle/people.hpp"

#include "runtime/text.hpp"

#include <memory>
#include <set>

namespace watchword::oracle {
namespace {

using namespace watchword::dsl;

const EventDecl* declaration(const Model& model, const std::string& type) {
    for (std::size_t index = 0; index < model.events.size(); ++index)
        if (model.events[index].name == type) return &model.decl<EventDecl>(model.event_at[index]);
    return nullptr;
}

Datum of_fallback(const runtime::Field& field) {
    if (!field.fallback) return {};
    if (field.type.kind == Kind::real) return Datum::of(field.fallback->real);
    if (runtime::is_textual(field.type.kind)) return Datum::of(std::string(field.fallback->text()));
    return Datum::of(field.fallback->integer);
}

} // namespace

std::string People::resolve(std::string_view account) const {
    for (const Employee& employee : story_.employees) {
        if (runtime::equal_folded(employee.id, account)) return employee.id;
        for (const std::string& other : employee.accounts)
            if (runtime::equal_folded(other, account)) return employee.id;
    }
    return std::string(account);
}

bool People::known(const std::string& person, std::size_t position) const {
    if (person.empty()) return false;
    if (!story_.has_roster) return true;
    for (const Employee& employee : story_.employees)
        if (employee.id == person) return true;
    for (std::size_t index = 0; index <= position && index < story_.records.size(); ++index) {
        const EventDecl* event = declaration(model_, story_.records[index].type);
        if (event != nullptr && event->adds && subject(story_.records[index]) == person) return true;
    }
    return false;
}

void People::apply(Fields& attributes, const Record& record, const std::string& person) const {
    if (subject(record) != person) return;
    for (std::size_t index = 0; index < model_.events.size(); ++index) {
        if (model_.events[index].name != record.type) continue;
        const PeopleView nobody_else{[this](std::string_view account) { return resolve(account); },
                                     [](const std::string&) -> const Fields* { return nullptr; }};
        Scope scope(model_, model_.event_at[index].tree, nobody_else);
        scope.subject = person;
        scope.event = &record;
        for (const Assignment& update : model_.decl<EventDecl>(model_.event_at[index]).updates) {
            Datum value = evaluate(scope, update.value);
            if (value.present) attributes[update.name.text] = std::move(value);
        }
    }
}

Fields People::attributes(const std::string& person, std::size_t position) const {
    Fields attributes;
    for (const runtime::Field& attribute : model_.employee.attributes)
        attributes[attribute.name] = of_fallback(attribute);
    for (const Employee& employee : story_.employees)
        if (employee.id == person)
            for (const auto& [name, value] : employee.attributes) attributes[name] = value;
    for (std::size_t index = 0; index <= position && index < story_.records.size(); ++index)
        apply(attributes, story_.records[index], person);
    return attributes;
}

std::vector<std::string> People::everybody() const {
    std::set<std::string> ids;
    for (const Employee& employee : story_.employees) ids.insert(employee.id);
    for (const Record& record : story_.records)
        if (!record.account.empty()) ids.insert(subject(record));
    return {ids.begin(), ids.end()};
}

PeopleView People::view(std::size_t position) const {
    auto kept = std::make_shared<std::map<std::string, Fields>>();
    return {[this](std::string_view account) { return resolve(account); },
            [this, kept, position](const std::string& person) -> const Fields* {
                if (!known(person, position)) return nullptr;
                auto [found, fresh] = kept->try_emplace(person);
                if (fresh) found->second = attributes(person, position);
                return &found->second;
            }};
}

} // namespace watchword::oracle
