// Types and references of expressions. A Scope says what names may mean where the expression stands; the checker fills
// the ExprInfo of everything it visits. One error silences its followers through Kind::error.
#pragma once

#include "dsl/checking.hpp"

namespace watchword::dsl {

struct NamedType {
    std::string name;
    Type type;
};

/// A filled step of a sequence, as later steps see it.
struct StepScope {
    std::string alias;
    std::vector<Heard> heard;
    std::uint32_t index = 0; ///< in Sequence::steps
};

/// One alternative of `opens`, as the rest of the policy sees it.
struct TriggerAlternative {
    std::string alias;
    std::vector<Heard> heard; ///< empty: an alert or a signal opened
    bool broken = false;      ///< its events could not be found, which was reported
    Facts facts;              ///< keys `f:…` of what its `where` proved
};

/// What a policy's expressions know of its trigger; collects what they read.
struct TriggerScope {
    std::vector<TriggerAlternative> alternatives;
    std::vector<runtime::Field>* fields = nullptr; ///< PolicyInfo::trigger_fields
};

struct Scope {
    std::uint32_t tree = 0;
    const std::vector<Heard>* heard = nullptr; ///< the current event is one of these
    std::string alias;                         ///< of the current event
    std::vector<StepScope> steps;
    TriggerScope* trigger = nullptr;
    const std::vector<NamedType>* parameters = nullptr;
    std::vector<std::pair<std::string, ExprId>> variables; ///< of quantifiers, inner ones last
    SourceInfo* source = nullptr;                          ///< names are columns, and absence passes through
    SignalNotes* windows = nullptr;                        ///< aggregates may stand here
    bool employee = false;                                 ///< there is a person in question
    bool clock = false;                                    ///< there is a time: `time`, `during`
    bool lookback = false;
    Asked* asked = nullptr; ///< gets what is asked
    std::string_view place; ///< `in covers`, for messages
    Facts facts;
};

inline constexpr std::string_view place_of_definitions = "in a definition";

class ExpressionChecker {
public:
    ExpressionChecker(Checking& checking, Scope& scope) : checking_(checking), scope_(scope), model_(checking.model) {}

    /// Its type, also put into its ExprInfo. `wanted`: the enumeration, if any, in which words are looked up first.
    Type check(ExprId id, Type wanted = {});
    /// A condition: bool, and present unless absence means false there.
    void check_condition(ExprId id);
    /// A value for something of type `target`, converted if the language allows it. Absence is allowed if `target` is
    /// optional. `what` names the target in messages. False after an error.
    bool check_value(ExprId id, Type target, std::string_view what);
    /// Converts a checked expression; false after reporting.
    bool convert(ExprId id, Type target, std::string_view what);
    /// The expression must not be absent. In sources, and over cold baselines, absence passes through: then `lifted`.
    /// `aggregate`: of which it is the argument, for the advice.
    void require_present(ExprId id, bool& lifted, std::string_view aggregate = {});
    /// Keys of what is known to be present if the expression is `truth`.
    Facts facts_of(ExprId id, bool truth) const;
    /// Of a path that can be guarded; empty: none.
    std::string key(ExprId id) const;

private:
    Type visit(ExprId id, const Literal& literal, Type wanted);
    Type visit(ExprId id, const Path& path, Type wanted);
    Type visit(ExprId id, const Unary& unary, Type wanted);
    Type visit(ExprId id, const Binary& binary, Type wanted);
    Type visit(ExprId id, const Conditional& conditional, Type wanted);
    Type visit(ExprId id, const Call& call, Type wanted);
    Type visit(ExprId id, const AggregateExpr& aggregate, Type wanted);
    Type visit(ExprId id, const NewExpr& novelty, Type wanted);
    Type visit(ExprId id, const BaselineExpr& baseline, Type wanted);
    Type visit(ExprId id, const ListExpr& list, Type wanted);
    Type visit(ExprId id, const RangeExpr& range, Type wanted);
    Type visit(ExprId id, const TupleExpr& tuple, Type wanted);
    Type visit(ExprId id, const HasExpr& has, Type wanted);
    Type visit(ExprId id, const Quantifier& quantifier, Type wanted);
    Type visit(ExprId id, const DuringExpr& during, Type wanted);

    // path_checker.cpp
    bool is_word_only(ExprId id) const;
    std::optional<Type> find_value(ExprId id, const Path& path, std::size_t& used);
    std::optional<Type> find_event_field(ExprId id, const Path& path, std::size_t& used);
    std::optional<Type> find_step_field(ExprId id, const Path& path, std::size_t& used);
    std::optional<Type> find_trigger_field(ExprId id, const Path& path, std::size_t& used);
    std::optional<Type> find_employee(ExprId id, const Path& path, std::size_t& used);
    std::optional<Type> find_declared(ExprId id, const Path& path, std::size_t& used);
    Type find_column(ExprId id, const Path& path);
    Type read_attributes(ExprId id, const Path& path, std::size_t used, Type type);
    std::string advice_for_attribute(std::string_view name) const;
    std::optional<Type> field_of(const std::vector<Heard>& heard, const Name& name, Ref& ref);
    void report_unknown_field(const std::vector<Heard>& heard, const Name& name);
    void report_unknown_name(const Path& path);
    std::uint32_t find_attribute(const Name& name);

    // operator_checker.cpp
    Type check_logic(ExprId id, const Binary& binary);
    Type check_comparison(ExprId id, const Binary& binary);
    Type check_text_operator(ExprId id, const Binary& binary);
    Type check_membership(ExprId id, const Binary& binary);
    Type check_overlaps(ExprId id, const Binary& binary);
    Type check_coalesce(ExprId id, const Binary& binary, Type wanted);
    Type check_arithmetic(ExprId id, const Binary& binary);
    Type check_division(ExprId id, const Binary& binary, Type left, Type right);
    bool check_member_of(ExprId left, ExprId right, const Binary& binary);
    bool report_round_list(ExprId right);
    bool check_tuple_in_table(ExprId left, ExprId right);
    void check_pair(ExprId left, ExprId right, bool may_be_words = false);
    bool unify(ExprId left, ExprId right, std::string_view what);
    void check_pattern(ExprId right);
    Type report_operands(ExprId id, const Binary& binary, Type left, Type right);

    // aggregate_checker.cpp
    Type check_aggregate_value(ExprId id, const AggregateExpr& aggregate);
    void check_window(ExprId id, const AggregateExpr& aggregate);
    bool windows_allowed(ExprId id, std::string_view what);
    void check_where(ExprId where);
    Type check_peers(ExprId id, const BaselineExpr& baseline, Type value);
    Type check_usual(ExprId id, const BaselineExpr& baseline, Type value);

    // conversion.cpp
    bool convert_constant_text(ExprId id, Type target, std::string_view what);
    bool convert_list(ExprId id, Type target, std::string_view what);
    bool report_mismatch(ExprId id, Type target, std::string_view what);

    bool check_arguments(ExprId id, const Call& call, const std::vector<Type>& parameters, std::size_t required,
                         std::string_view signature, bool& lifted);
    Type check_function(ExprId id, const Call& call);
    Type check_define(ExprId id, const Call& call, std::uint32_t define);
    /// Constant arguments with which the function could only fail.
    void check_known_arguments(const Call& call, const runtime::FunctionRow& row);
    Type use_optional(Type type, ExprId id, bool lifted);

    const Expr& expr(ExprId id) const { return checking_.expr(scope_.tree, id); }
    ExprInfo& info(ExprId id) { return checking_.info(scope_.tree, id); }
    Diagnostic& report(Code code, ExprId id, std::string message) {
        return checking_.diagnostics.add(code, expr(id).span, std::move(message));
    }
    std::string show(Type type) const;
    /// The expression as written, on one line, cut if long.
    std::string written(ExprId id) const;

    Checking& checking_;
    Scope& scope_;
    Model& model_;
};

/// Of an event or of a signal's hits.
const std::vector<runtime::Field>& fields_of(const Model& model, Heard heard);
/// `merged` is then a field of both: Kind::error if they disagree.
void merge_into(runtime::Field& merged, const runtime::Field& other);
/// The fields that an event of `heard` has under that name: optional if some lack it, Kind::error if they disagree.
/// nullopt: none has it.
std::optional<runtime::Field> merged_field(const Model& model, const std::vector<Heard>& heard, std::string_view name);
/// Whether two expressions of a tree say the same.
bool same_expression(const Tree& tree, ExprId left, ExprId right);
/// Whether they do but for the member of `usual` and `peers`, all of which are read from one entry.
bool same_entry(const Tree& tree, ExprId left, ExprId right);
/// Every expression below `id` and itself, parents first.
std::vector<ExprId> expressions_below(const Tree& tree, ExprId id);
std::vector<ExprId> children_of(const Expr& expr);

} // namespace watchword::dsl
