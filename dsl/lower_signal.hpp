// The signals of one policy: each use with its parameters filled in, inner signals first, equal uses once; and which
// fields of hits their listeners read. Private to lower.
#pragma once

#include "dsl/lower.hpp"

#include <deque>
#include <set>

namespace watchword::dsl {

class SignalLowering {
public:
    SignalLowering(Lowering& lowering, runtime::PolicyPlan& policy) : lowering_(lowering), policy_(policy) {}

    /// Index in PolicyPlan::signals; lowered when first asked for.
    std::uint32_t instance(const SignalUse& use, unsigned depth = 0);
    /// What a hit's points and conditions see: per input (of a sequence: of its last filled step) a scope of `tree`.
    std::vector<CodeScope> hit_scopes(std::uint32_t instance, std::uint32_t tree);

private:
    struct Instance {
        SignalUse use;
        BoundParameters parameters;
        std::vector<Heard> hit_on; ///< `is_signal`: index in PolicyPlan::signals
    };
    /// What a step's captures are, while later steps ask for them.
    struct Capture {
        std::uint32_t step = 0; ///< before `times` is written out
        Ref ref;
    };

    /// What is the same for all steps of a sequence.
    struct SequenceText {
        const Sequence& written;
        std::uint32_t tree;
        const BoundParameters& parameters;
        std::vector<std::vector<Heard>> heard; ///< per step as written; `is_signal`: index in PolicyPlan::signals
        bool is_until = false;
    };

    std::uint32_t inner(std::uint32_t signal, unsigned depth);
    std::vector<Heard> lower_heard(const std::vector<Heard>& heard, unsigned depth);
    CodeScope scope_of(Heard heard, std::uint32_t tree, const BoundParameters* parameters);
    CodeScope::Slot hit_slot(std::uint32_t instance, const std::string& field);
    const runtime::Field* field_of(Heard heard, const std::string& name) const;
    std::string name_of(const SignalUse& use) const;

    void plain(const SignalInfo& info, const SignalDecl& declared, Instance& instance, runtime::SignalPlan& plan);
    void windows(const SignalInfo& info, const SignalDecl& declared, const BoundParameters& parameters,
                 runtime::SignalPlan& plan, std::vector<ExprId>& exprs);
    runtime::WindowPlan window(std::uint32_t tree, ExprId expr, const BoundParameters& parameters);
    void window_observations(std::uint32_t tree, ExprId when, Heard heard, const runtime::SignalPlan& plan,
                             std::vector<runtime::Observation>& into);
    void observe(std::uint32_t tree, Heard heard, const CodeScope& scope, const std::vector<ExprId>& conditions,
                 std::vector<runtime::Observation>& into);
    bool reads_sensitive(std::uint32_t tree, ExprId expr, Heard heard) const;
    void sequence(const SignalInfo& info, const SignalDecl& declared, Instance& instance, runtime::SignalPlan& plan,
                  unsigned depth);
    /// The step's own `by`, else the sequence's.
    static const std::vector<ExprId>& key_of(const SequenceText& text, const Step& step);
    /// Of each value of the key the field that it is, as written; empty for one that is computed.
    std::vector<std::string> key_fields(const SequenceText& text, const Step& step) const;
    runtime::StepPlan step(const SequenceText& text, const Step& written, const std::vector<Heard>& heard,
                           runtime::SequencePlan& plan, std::vector<Capture>& captures);
    CodeScope::Slot capture_slot(const SequenceText& text, const Ref& ref, runtime::SequencePlan& plan,
                                 std::vector<Capture>& captures);
    void fill_captures(const SequenceText& text, const std::vector<std::size_t>& last,
                       const std::vector<Capture>& captures, runtime::SequencePlan& plan);

    Lowering& lowering_;
    runtime::PolicyPlan& policy_;
    std::deque<Instance> instances_; ///< parallel to PolicyPlan::signals
};

/// `except` clauses of a signal or a policy.
std::vector<runtime::ExceptionPlan> lower_exceptions(Lowering& lowering, std::uint32_t tree,
                                                     const std::vector<ExceptClause>& clauses,
                                                     const std::vector<StepInfo>& heard,
                                                     const BoundParameters* parameters);

} // namespace watchword::dsl
