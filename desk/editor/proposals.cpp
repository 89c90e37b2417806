// Names and words, from what a place wants.
#include "desk/editor/proposals.hpp"

#include "desk/editor/hover.hpp"
#include "desk/editor/keywords.hpp"
#include "desk/editor/name_scope.hpp"
#include "dsl/types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace watchword::desk {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> snippets{{
    {"module", "module ${1:name}"},
    {"use", "use ${1:hr}, ${2:activity}"},
    {"event", "event ${1:area.thing} {\n  user ${2:person}\n}"},
    {"signal", "signal ${1:Name} \"${2:What it sees}\"\n  on    ${3:file.copy}\n  where ${4:removable}"},
    {"policy", "policy ${1:Name} \"${2:Title}\" {\n  purpose \"${3:why}\"\n  basis   \"${4:agreement}\"\n  owner   "
               "\"${5:team@corp.example}\"\n  opens on ${6:hr.resignation}\n  closes after ${7:90d}\n  score {\n    "
               "+${8:40} for ${9:Signal}\n  }\n  alert medium at ${10:40}\n}"},
    {"list", "list ${1:name} = [\"${2:item}\"]"},
    {"let", "let ${1:name} = ${2:100MB}"},
    {"define", "define ${1:name}(${2:path text}) = ${3:true}"},
    {"test", "test \"${1:what}\" {\n  at ${2:2025-03-03 09:00} ${3:hr.resignation} { user: \"${4:u1}\" }\n  expect "
             "${5:nothing else}\n}"},
}};

class Collector {
public:
    Collector(const CompletionPlace& place, std::vector<Proposal>& into) : place_(place), into_(into) {}

    void from(const CheckedFile& file) {
        NameScope scope{file.model, file.tree};
        model_ = &file.model;
        scope_ = &scope;
        if (place_.event) events();
        if (place_.signal) names(model_->signals, ProposalKind::signal, "signal");
        if (place_.policy) names(model_->policies, ProposalKind::policy, "policy");
        if (place_.action) names(model_->actions, ProposalKind::action, "action");
        if (place_.calendar) names(model_->calendars, ProposalKind::name, "calendar");
        if (place_.baseline) names(model_->baselines, ProposalKind::name, "baseline");
        if (place_.source) names(model_->source_mappings, ProposalKind::name, "source");
        if (!place_.record_of.empty()) record();
        if (place_.value) values();
        if (place_.duration || place_.number) clause_values();
        scope_ = nullptr;
    }

    void modules(const std::vector<std::string>& names) {
        for (const std::string& name : names) add(name, ProposalKind::module, "module");
    }

    void words() {
        if (place_.declaration)
            for (const Keyword& keyword : keywords())
                if (keyword.kind == KeywordKind::declaration) declaration(keyword.word);
        if (!place_.before.empty()) return;
        for (const std::string& word : place_.words) add(word, ProposalKind::keyword, "").doc = keyword_page(word);
        if (place_.type)
            for (const Keyword& keyword : keywords())
                if (keyword.kind == KeywordKind::type) add(keyword.word, ProposalKind::type, "type");
    }

private:
    Proposal& add(std::string_view label, ProposalKind kind, std::string detail) {
        if (!known_.emplace(kind, label).second) return ignored_;
        Proposal& made = into_.emplace_back();
        made.label = label;
        made.kind = kind;
        made.detail = std::move(detail);
        made.begin = place_.begin;
        return made;
    }

    void declaration(std::string_view word) {
        Proposal& made = add(word, ProposalKind::keyword, "declaration");
        made.doc = keyword_page(word);
        for (const auto& [keyword, text] : snippets) {
            if (keyword != word) continue;
            made.insert = text;
            made.is_snippet = true;
        }
    }

    template <class Info>
    void names(const std::vector<Info>& infos, ProposalKind kind, std::string_view what,
               bool (*is_wanted)(const CompletionPlace&, const Info&) = nullptr) {
        for (const NameScope::Named& one : scope_->all(infos)) {
            if (is_wanted != nullptr && !is_wanted(place_, infos[one.index])) continue;
            const dsl::DeclRef at = infos[one.index].at;
            const dsl::Declaration& declared = model_->trees[at.tree].declarations[at.declaration];
            Proposal& made = add(one.name, kind, fmt::format("{} in {}", what, model_->modules[at.tree]));
            made.doc = declared.doc;
            made.begin = place_.path_begin;
        }
    }

    void events() {
        for (const NameScope::Named& one : scope_->all_events()) {
            const runtime::EventSchema& schema = model_->events[one.index];
            Proposal& made = add(one.name, ProposalKind::event,
                                 fmt::format("event in {}", model_->modules[model_->event_at[one.index].tree]));
            made.doc = schema.doc;
            made.begin = place_.path_begin;
            const std::size_t dot = one.name.rfind('.');
            if (dot == std::string::npos) continue;
            Proposal& family = add(one.name.substr(0, dot) + ".*", ProposalKind::event, "all events of the family");
            family.begin = place_.path_begin;
        }
    }

    // --- fields ---

    std::vector<dsl::Heard> heard(const std::vector<std::string>& patterns) const {
        std::vector<dsl::Heard> result;
        for (const std::string& pattern : patterns) {
            if (const std::uint32_t event = scope_->find_event(pattern); event != dsl::none)
                result.push_back({false, event});
            if (!pattern.ends_with("*")) continue;
            const std::string_view prefix = std::string_view{pattern}.substr(0, pattern.size() - 1);
            for (std::uint32_t index = 0; index < model_->events.size(); ++index)
                if (model_->events[index].name.starts_with(prefix)) result.push_back({false, index});
        }
        return result;
    }

    std::vector<dsl::Heard> heard() const {
        std::vector<dsl::Heard> result = heard(place_.heard);
        for (const std::string& name : place_.heard_signals)
            if (const std::uint32_t signal = scope_->find(model_->signals, name); signal != dsl::none)
                result.push_back({true, signal});
        return result;
    }

    const std::vector<runtime::Field>& fields_of(dsl::Heard one) const {
        return one.is_signal ? model_->signals[one.index].fields : model_->events[one.index].fields;
    }

    Proposal& field(const runtime::Field& field) {
        Proposal& made = add(field.name, ProposalKind::field,
                             dsl::show_type(*model_, field.type) + (field.sensitive ? ", sensitive" : ""));
        made.doc = field.doc;
        made.rank = 1;
        return made;
    }

    void fields(const std::vector<dsl::Heard>& heard) {
        for (const dsl::Heard one : heard)
            for (const runtime::Field& one_field : fields_of(one)) field(one_field);
        for (const std::string_view name : {"time", "id", "type"})
            if (!heard.empty()) add(name, ProposalKind::field, "of every event");
    }

    void attributes() {
        for (const runtime::Field& attribute : model_->employee.attributes) field(attribute);
    }

    void record() {
        if (place_.record_of == "employee") {
            attributes();
            add("accounts", ProposalKind::field, "list<text>");
        } else {
            for (const dsl::Heard one : heard({place_.record_of}))
                for (const runtime::Field& one_field : fields_of(one)) field(one_field);
            add("time", ProposalKind::field, "time");
            add("id", ProposalKind::field, "text");
        }
        for (Proposal& one : into_)
            if (one.kind == ProposalKind::field && one.insert.empty()) one.insert = one.label + ": ";
    }

    // --- expressions ---

    void values() {
        if (!place_.before.empty()) return members();
        words_of(place_.compared);
        fields(heard());
        for (const auto& [alias, patterns] : place_.aliases) add(alias, ProposalKind::name, "the event of `as`");
        for (const std::string& name : place_.own_names) add(name, ProposalKind::name, "declared here");
        for (const dsl::SourceInfo& source : model_->source_mappings)
            if (source.name == place_.source_name)
                for (const dsl::SourceInfo::ColumnInfo& column : source.columns)
                    add(column.name, ProposalKind::field,
                        fmt::format("column, {}", dsl::show_type(*model_, column.type)))
                        .rank = 1;
        if (place_.source_name.empty())
            add("employee", ProposalKind::name, "the person in question").doc =
                built_in_page(NameKind::built_in, "employee", *model_);
        names(model_->constants, ProposalKind::name, "constant");
        names(model_->lists, ProposalKind::name, "list");
        names(model_->tables, ProposalKind::name, "table");
        names(model_->defines, ProposalKind::function, "definition");
        functions();
    }

    /// Constants, and names of the cases of a test.
    void clause_values() {
        names<dsl::ConstantInfo>(model_->constants, ProposalKind::name, "constant",
                                 [](const CompletionPlace& place, const dsl::ConstantInfo& constant) {
                                     const dsl::Kind kind = constant.value.type.kind;
                                     return (place.duration && kind == dsl::Kind::duration) ||
                                            (place.number && dsl::is_number(kind));
                                 });
        for (const std::string& name : place_.own_names) add(name, ProposalKind::name, "declared here");
    }

    void functions() {
        if (place_.windowed)
            for (const Keyword& keyword : keywords())
                if (keyword.kind == KeywordKind::windowed)
                    call(add(keyword.word, ProposalKind::function, "windowed value")).doc =
                        built_in_page(NameKind::windowed, std::string(keyword.word), *model_);
        if (model_->functions == nullptr) return;
        for (const runtime::FunctionRow& row : *model_->functions)
            call(add(row.name, ProposalKind::function, std::string(row.signature))).doc = row.doc;
    }

    static Proposal& call(Proposal& made) {
        made.insert = made.label + "($1)";
        made.is_snippet = true;
        return made;
    }

    /// Behind a dot.
    void members() {
        if (place_.before == "employee") return attributes();
        if (const auto alias = place_.aliases.find(place_.before); alias != place_.aliases.end())
            return fields(heard(alias->second));
        for (const dsl::Heard one : heard())
            for (const runtime::Field& of : fields_of(one))
                if (of.name == place_.before && of.type.kind == dsl::Kind::person) return attributes();
        for (const NameScope::Seen& seen : scope_->seen())
            if (!seen.alias.empty() && seen.alias == place_.before) {
                names(model_->constants, ProposalKind::name, "constant");
                names(model_->lists, ProposalKind::name, "list");
                names(model_->defines, ProposalKind::function, "definition");
            }
    }

    void words_of(const std::string& path) {
        const std::optional<dsl::Type> type = type_of(path);
        if (!type || type->kind != dsl::Kind::enumeration || type->detail >= model_->enumerations.size()) return;
        for (const std::string& word : model_->enumerations[type->detail].words)
            add(word, ProposalKind::word, fmt::format("word of {}", path)).rank = 0;
    }

    std::optional<dsl::Type> type_of(const std::string& path) const {
        const std::size_t dot = path.find('.');
        const std::string before = dot == std::string::npos ? "" : path.substr(0, dot);
        const std::string name = dot == std::string::npos ? path : path.substr(dot + 1);
        std::vector<dsl::Heard> of = place_.compared_of.empty() ? heard() : heard({place_.compared_of});
        if (before == "employee") {
            for (const runtime::Field& attribute : model_->employee.attributes)
                if (attribute.name == name) return attribute.type;
            return std::nullopt;
        }
        if (const auto alias = place_.aliases.find(before); alias != place_.aliases.end()) of = heard(alias->second);
        for (const dsl::Heard one : of)
            for (const runtime::Field& one_field : fields_of(one))
                if (one_field.name == name) return one_field.type;
        return std::nullopt;
    }

    const CompletionPlace& place_;
    std::vector<Proposal>& into_;
    const dsl::Model* model_ = nullptr;
    const NameScope* scope_ = nullptr;
    std::set<std::pair<ProposalKind, std::string>> known_;
    Proposal ignored_;
};

} // namespace

std::vector<Proposal> proposals(const CheckedFile& now, const CheckedFile* fine, std::uint32_t offset,
                                const std::vector<std::string>& modules) {
    const CompletionPlace place = completion_place(now.text(), offset);
    std::vector<Proposal> made;
    Collector collector{place, made};
    collector.from(now);
    if (fine != nullptr && fine != &now) collector.from(*fine);
    if (place.module) collector.modules(modules);
    collector.words();
    return made;
}

} // namespace watchword::desk
