// The whole library, put together once.
#include "stdlib/functions/functions.hpp"

namespace watchword::stdlib {

const std::vector<runtime::FunctionRow>& functions() {
    static const std::vector<runtime::FunctionRow> all = [] {
        std::vector<runtime::FunctionRow> rows;
        for (auto* const table : {text_functions, encoding_functions, path_functions, network_functions,
                                  number_functions, time_functions, list_functions, conversion_functions})
            for (runtime::FunctionRow& row : table()) rows.push_back(std::move(row));
        return rows;
    }();
    return all;
}

} // namespace watchword::stdlib
