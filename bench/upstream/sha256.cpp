#include "upstream/sha256.hpp"

namespace ferry::bench {

std::string sha256::hex() {
    static constexpr char digits[] = "0123456789abcdef";
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    EVP_DigestFinal_ex(context_.get(), sum, &length);
    std::string out;
    for (unsigned int i = 0; i < length; ++i) {
        out += digits[sum[i] >> 4];
        out += digits[sum[i] & 15];
    }
    return out;
}

}  // namespace ferry::bench
