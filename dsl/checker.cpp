// The checker's one entry: which parts run in which order. What each part knows stands in its own file.
#include "dsl/checking.hpp"

namespace watchword::dsl {

Model check(Sources& sources, std::span<const std::uint32_t> roots, const CompilerOptions& options,
            Diagnostics& diagnostics) {
    Checking checking{sources, options, diagnostics, {}, {}, {}, {}, {}, {}, {}, {}, 0};
    checking.model.sources = &sources;
    checking.model.functions = options.functions;
    load_modules(checking, roots);
    declare_names(checking);
    // Values first: defaults and conditions read them. Then what records look like, which a name in a
    // clause may be mistaken for, then what reads records and clauses.
    check_tables(checking);
    check_constants(checking);
    check_lists(checking);
    check_subjects(checking);
    check_events(checking);
    check_actions(checking);
    put_in_constants(checking);
    check_calendars(checking);
    check_baselines(checking);
    check_defines(checking);
    check_event_updates(checking);
    check_signals(checking);
    check_policies(checking);
    check_risk(checking);
    check_sources(checking);
    check_tests(checking);
    return std::move(checking.model);
}

} // namespace watchword::dsl
