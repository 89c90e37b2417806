// Declarations as canonical lines. Clauses of a policy and items of a test keep their order; everything else has one.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/expression_text.hpp"
#include "dsl/line_writer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watchword::dsl {

class DeclarationPrinter {
public:
    DeclarationPrinter(const Sources& sources, const Tree& tree);
    std::string run();

private:
    void declaration(const Declaration& declaration);
    void event(const EventDecl& event, Span whole);
    void fields(const std::string& head, const std::vector<FieldDecl>& fields, std::uint32_t from, std::uint32_t end);
    void list(const ListDecl& list, Span whole);
    void calendar(const CalendarDecl& calendar, Span whole);
    void signal(const SignalDecl& signal);
    void sequence(const Sequence& sequence);
    void step(const Step& step, bool before_star);
    void except(const ExceptClause& except);
    void policy(const PolicyDecl& policy, Span whole);
    void policy_clause(const PolicyDecl& policy, std::size_t index, std::uint32_t end);
    bool policy_label(const PolicyDecl& policy, std::string_view word);
    void opens(const PolicyDecl& policy, Span clause, std::uint32_t end);
    void score(const ScoreClause& score);
    void risk(const RiskDecl& risk, Span whole);
    void source(const SourceDecl& source, Span whole);
    void test(const TestDecl& test, Span whole);
    void refusal(const TestDecl& test, Span whole);
    void test_case(const TestCase& one);

    std::string opening(const Opens& opens) const;
    std::string closing(const Close& close) const;
    std::string term(const Term& term) const;
    std::string alert(const AlertClause& alert) const;
    std::string expectation(const Expectation& expectation) const;
    std::string patterns(const std::vector<EventPattern>& patterns) const;
    std::string parameters(const std::vector<Parameter>& parameters) const;
    std::string use(const Use& use, bool guarded) const;
    std::string field(const FieldDecl& field) const;
    std::string texts(const std::vector<TextClause>& texts) const;
    std::string step_clauses(const Step& step) const;

    /// `head EXPR tail`, over several lines where it is long.
    void condition(const std::string& head, ExprId expr, const std::string& tail = {}, bool opens_block = false);
    /// `head { a: 1 } tail`, over several lines where it is long or was written so.
    void record(const std::string& head, const std::vector<Assignment>& fields, Span whole,
                const std::string& tail = {});
    bool breaks_between(std::uint32_t from, std::uint32_t to) const;
    bool fits(std::string_view text) const { return out_.indentation() + text.size() <= 110; }
    void conjuncts(ExprId expr, BinaryOp op, std::vector<ExprId>& parts) const;

    const Sources& sources_;
    const Tree& tree_;
    std::string_view source_;
    ExpressionText expr_;
    LineWriter out_;
};

} // namespace watchword::dsl
