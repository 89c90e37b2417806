// All alerts of a test as a text in a file: written once, read by a person, compared from then on.
#pragma once

#include "runtime/alert.hpp"
#include "runtime/program.hpp"

#include <string>
#include <vector>

namespace watchword::desk {

/// The file that `expect alerts from "…"` names, relative to the file of the test.
std::string snapshot_path(const runtime::Program& program, const runtime::TestExpectation& expectation);

struct SnapshotVerdict {
    std::string problem; ///< empty: as it should be
    bool written = false;
};
SnapshotVerdict compare_snapshot(const std::string& path, const runtime::Program& program,
                                 const std::vector<runtime::Alert>& alerts);
/// Leaves a file alone that says the same already.
SnapshotVerdict write_snapshot(const std::string& path, const runtime::Program& program,
                               const std::vector<runtime::Alert>& alerts);

} // namespace watchword::desk
