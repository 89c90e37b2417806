// One function a verb, each in its own file; which verbs there are is the table in main.cpp.
// A function adds its subcommand with its options to the command and says with `Context::on` what runs.
#pragma once

#include "tools/context.hpp"

namespace watchword::tools {

void add_run(CLI::App& command, Context& context);
void add_build(CLI::App& command, Context& context);
void add_check(CLI::App& command, Context& context);
void add_baseline(CLI::App& command, Context& context);
void add_test(CLI::App& command, Context& context);
void add_audit(CLI::App& command, Context& context);
void add_diff(CLI::App& command, Context& context);
void add_report(CLI::App& command, Context& context);
void add_rosters(CLI::App& command, Context& context);
void add_disasm(CLI::App& command, Context& context);
void add_inspect(CLI::App& command, Context& context);
void add_fmt(CLI::App& command, Context& context);
void add_explain_code(CLI::App& command, Context& context);
void add_doc(CLI::App& command, Context& context);
void add_simulate(CLI::App& command, Context& context);
void add_explain(CLI::App& command, Context& context);
void add_evaluate(CLI::App& command, Context& context);
void add_bench(CLI::App& command, Context& context);
void add_completion(CLI::App& command, Context& context);
void add_repl(CLI::App& command, Context& context);
void add_lsp(CLI::App& command, Context& context);
void add_new(CLI::App& command, Context& context);

} // namespace watchword::tools
