// The score of one watch after another as a picture: watches, look-back, levels, hits, triggers, alerts. Scales to any
// width; says the same in words and as a table.
#pragma once

#include "desk/report.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

/// HTML. `key` makes ids unique on the page.
std::string curve_chart(const ReportCurve& curve, const std::vector<runtime::Alert>& alerts,
                        const runtime::Program& program, std::string_view title, const std::string& key);

} // namespace watchword::desk
