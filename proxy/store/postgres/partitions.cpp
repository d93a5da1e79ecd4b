#include "store/postgres/partitions.hpp"

namespace ferry::store::postgres {

std::string make_partitions(link& to) {
    return to.run(access::writing, "make the partitions of the months to come", [](pqxx::work& in) {
        if (in.exec("SELECT to_regproc('ferry_make_partitions')")[0][0].is_null()) return std::string();
        const auto left_out = in.exec("SELECT array_to_string(ferry_make_partitions(CURRENT_TIMESTAMP, 2), ', ')");
        const std::string names = left_out[0][0].c_str();
        return names.empty() ? names : names + " cannot be made, for the default partition holds rows of that month";
    });
}

}  // namespace ferry::store::postgres
