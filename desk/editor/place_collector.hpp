// How the names of one tree are gathered. Private to name_places.cpp and expression_places.cpp.
#pragma once

#include "desk/editor/name_places.hpp"
#include "desk/editor/name_scope.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

/// Where an expression stands: what its names may mean.
struct Here {
    const std::vector<dsl::Heard>* heard = nullptr; ///< the current event is one of these
    std::optional<dsl::Name> alias;                 ///< of the current event
    const dsl::SignalDecl* signal = nullptr;
    const dsl::SignalInfo* signal_info = nullptr;
    const dsl::PolicyDecl* policy = nullptr;
    const dsl::PolicyInfo* policy_info = nullptr;
    const std::vector<dsl::Parameter>* parameters = nullptr;
    const dsl::SourceDecl* source = nullptr;
    const dsl::TestDecl* test = nullptr;
};

class PlaceCollector {
public:
    PlaceCollector(const dsl::Model& model, std::uint32_t tree);
    std::vector<NamePlace> run();

private:
    // name_places.cpp: declarations
    void declaration(const dsl::ModuleDecl& module);
    void declaration(const dsl::UseDecl& use);
    void declaration(const dsl::EventDecl& event);
    void declaration(const dsl::SubjectDecl& subject);
    void declaration(const dsl::ListDecl& list);
    void declaration(const dsl::TableDecl& table);
    void declaration(const dsl::LetDecl& let);
    void declaration(const dsl::DefineDecl& define);
    void declaration(const dsl::CalendarDecl& calendar);
    void declaration(const dsl::BaselineDecl& baseline);
    void declaration(const dsl::ActionDecl& action);
    void declaration(const dsl::SignalDecl& signal);
    void declaration(const dsl::PolicyDecl& policy);
    void declaration(const dsl::RiskDecl& risk);
    void declaration(const dsl::SourceDecl& source);
    void declaration(const dsl::TestDecl& test);

    void fields(const std::vector<dsl::FieldDecl>& fields, NameKind kind);
    void type(const dsl::TypeExpr& type);
    void parameters(const std::vector<dsl::Parameter>& parameters);
    void sequence(const dsl::SignalDecl& signal, Here here);
    void step(const dsl::Step& step, const std::vector<dsl::Heard>* heard, Here here);
    void exceptions(const std::vector<dsl::ExceptClause>& clauses, const std::vector<dsl::StepInfo>& infos, Here here);
    void triggers(const dsl::PolicyDecl& policy, const Here& here);
    void score(const dsl::PolicyDecl& policy, const Here& here);
    void item(const dsl::EmployeeItem& item, const Here& here);
    void item(const dsl::EventItem& item, const Here& here);
    void item(const dsl::Expectation& item, const Here& here);
    void item(const dsl::TestOption& item, const Here& here);
    void record(const std::vector<dsl::Assignment>& values, std::uint32_t event, const Here& here);
    void roster_record(const std::vector<dsl::Assignment>& values, const Here& here);

    void patterns(const std::vector<dsl::EventPattern>& patterns);
    std::uint32_t event(const dsl::DottedName& name);
    void use_of(const dsl::Use& use, NameKind kind, const Here& here);
    void signal_name(const dsl::Name& name);
    void policy_name(const dsl::Name& name);

    // expression_places.cpp
    void expression(dsl::ExprId id, const Here& here);
    void expressions();
    void expression(const dsl::Expr& expr, const dsl::ExprInfo& info, const Here& here);
    void path(const dsl::Path& path, const dsl::Ref& ref, const dsl::ExprInfo& info, const Here& here);
    void of_declared(const dsl::Path& path, const dsl::Ref& ref);
    void of_alias(const dsl::Path& path, const std::optional<dsl::Name>& alias, const std::vector<dsl::Heard>& heard,
                  NameKind kind);
    void of_step(const dsl::Path& path, const dsl::Ref& ref, const Here& here);
    void of_trigger(const dsl::Path& path, const Here& here);
    void of_event(const dsl::Path& path, const dsl::Ref& ref, const Here& here);
    void of_parameter(const dsl::Path& path, const dsl::Ref& ref, const Here& here);
    void column(const dsl::Path& path, const Here& here);
    void enumerator(const dsl::Name& name, dsl::Type type, std::uint32_t ordinal);
    void attribute(const dsl::Name& name);

    /// A name, or the last part of one, that means the declaration.
    template <class Info>
    void reference(const dsl::Name& name, NameKind kind, const std::vector<Info>& infos, std::uint32_t index);
    void add(dsl::Span span, NameKind kind, std::string name, std::vector<dsl::Span> declared = {},
             bool declares = false);
    void declare(const dsl::Name& name, NameKind kind) { add(name.span, kind, name.text, {name.span}, true); }
    /// Of `m.office` the part behind the last dot.
    dsl::Name last_part(const dsl::Name& name) const;
    /// `m` there: what `use … as m` calls a module.
    void qualifier(const dsl::Name& name);
    template <class Info>
    const Info* info_of(const std::vector<Info>& infos) const;

    const dsl::Model& model_;
    std::uint32_t tree_;
    NameScope scope_;
    std::uint32_t declaration_ = 0; ///< the present one
    std::vector<NamePlace> places_;
    /// Stretches of whole expressions, which do not overlap, with what their names may mean.
    struct Region {
        dsl::Span span;
        Here here;
    };
    std::vector<Region> regions_;
    std::deque<std::vector<dsl::Heard>> events_; ///< of declarations whose own fields are read
    /// Enumerations of the same words are one type: the first that was written stands for all.
    std::map<std::vector<std::string>, const dsl::TypeExpr*> enumerations_;
};

template <class Info>
const Info* PlaceCollector::info_of(const std::vector<Info>& infos) const {
    for (const Info& info : infos)
        if (info.at.tree == tree_ && info.at.declaration == declaration_) return &info;
    return nullptr;
}

template <class Info>
void PlaceCollector::reference(const dsl::Name& name, NameKind kind, const std::vector<Info>& infos,
                               std::uint32_t index) {
    if (index >= infos.size()) return;
    const dsl::DeclRef at = infos[index].at;
    const dsl::Name own = last_part(name);
    if (own.span.begin > name.span.begin)
        qualifier({name.text.substr(0, name.text.find('.')), {own.span.file, name.span.begin, own.span.begin - 1}});
    add(own.span, kind, own.text, {declared_name(model_.trees[at.tree].declarations[at.declaration])});
}

} // namespace watchword::desk
