// All functions that a rule can call, one row each. To add one: write it in the file of its subject and give it a row
// there; its example is run as a test and its documentation printed.
#pragma once

#include "runtime/function.hpp"

#include <vector>

namespace watchword::stdlib {

/// Rows of one name are overloads. The rows live as long as the process.
const std::vector<runtime::FunctionRow>& functions();

// The tables it is put together from.
std::vector<runtime::FunctionRow> text_functions();
std::vector<runtime::FunctionRow> encoding_functions();
std::vector<runtime::FunctionRow> path_functions();
std::vector<runtime::FunctionRow> network_functions();
std::vector<runtime::FunctionRow> number_functions();
std::vector<runtime::FunctionRow> time_functions();
std::vector<runtime::FunctionRow> list_functions();
std::vector<runtime::FunctionRow> conversion_functions();

} // namespace watchword::stdlib
