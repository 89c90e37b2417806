// One signal with its arguments, in one watch.
#pragma once

#include "tests/oracle/signals.hpp"

namespace watchword::oracle {

struct Signals::Place {
    const dsl::SignalUse& use;
    const Interval& interval;
    const dsl::SignalInfo& info;
    const dsl::SignalDecl& decl;
    std::vector<Datum> arguments;

    Place(const dsl::Model& model, const dsl::SignalUse& of, const Interval& in)
        : use(of), interval(in), info(model.signals[of.signal]), decl(model.decl<dsl::SignalDecl>(info.at)) {
        for (const dsl::Constant& argument : of.arguments) arguments.push_back(of_constant(argument));
    }
};

} // namespace watchword::oracle
