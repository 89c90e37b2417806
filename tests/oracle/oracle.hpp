// The slow, obvious meaning of a set of policies over a story. Written from the semantics alone; shares no code with
// the engine but the form of its answer.
#pragma once

#include "dsl/model.hpp"
#include "runtime/alert.hpp"
#include "tests/oracle/story.hpp"

#include <set>
#include <string>
#include <vector>

namespace watchword::oracle {

/// All alerts, in order. What is compared is what `canonical` shows; the rest is not filled in. `heard`: per record,
/// whether it lay inside some watch.
std::vector<runtime::Alert> judge(const dsl::Model& model, const Story& story, std::vector<bool>* heard = nullptr);

/// One alert as text: when, who, which policy and level, the watch, the score and every hit behind it; with the ids of
/// its events unless its signal is one of `windowed`.
std::string canonical(const runtime::Alert& alert, const std::vector<std::string>& policies,
                      const std::set<std::string>& windowed);

} // namespace watchword::oracle
