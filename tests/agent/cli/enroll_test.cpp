// What whoever stands there with a phone gets to see.
#include "agent/cli/enroll.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "agent/cli/qr_text.h"

namespace tillkeeper::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const sync::DeviceCodes kCodes{.device_code = "secret-d1",
                               .user_code = "WDJB-MJHT",
                               .address = "https://login.example/device",
                               .complete_address = "https://login.example/device?user_code=WDJB-MJHT",
                               .lifetime = std::chrono::seconds(590)};

TEST(CodesText, names_address_code_and_time_and_never_the_device_code) {
    for (const bool with_qr : {false, true}) {
        const auto text = codes_text(kCodes, with_qr);
        EXPECT_THAT(text, AllOf(HasSubstr("https://login.example/device\n"), HasSubstr("WDJB-MJHT\n"),
                                HasSubstr("10 minutes"), Not(HasSubstr("secret-d1"))));
        EXPECT_EQ(text.contains("▀"), with_qr);
    }
}

TEST(CodesJson, is_for_programs) {
    EXPECT_EQ(codes_json(kCodes),
              R"({"user_code":"WDJB-MJHT","verification_uri":"https://login.example/device",)"
              R"("verification_uri_complete":"https://login.example/device?user_code=WDJB-MJHT","expires_in":590})");
    auto without = kCodes;
    without.complete_address.clear();
    EXPECT_THAT(codes_json(without), HasSubstr("\"verification_uri_complete\":null"));
}

// Version 1 (ISO/IEC 18004) has 21 modules a side, and 4 more around.
TEST(QrText, is_a_square_with_a_quiet_zone) {
    const auto text = qr_text("HTTPS://A.EXAMPLE");
    EXPECT_EQ(std::ranges::count(text, '\n'), (21 + 2 * 4 + 1) / 2);
    const auto first = text.substr(0, text.find('\n'));
    EXPECT_EQ(first, "\x1b[30;107m" + std::string(29, ' ') + "\x1b[0m");
    EXPECT_NE(qr_text("HTTPS://A.EXAMPLE"), qr_text("HTTPS://B.EXAMPLE"));
    EXPECT_THAT(qr_text(""), IsEmpty());
    EXPECT_THAT(qr_text(std::string(kQrTextBytesMax + 1, 'a')), IsEmpty());
    EXPECT_THAT(qr_text(std::string(kQrTextBytesMax, 'a')), Not(IsEmpty()));
}

}  // namespace
}  // namespace tillkeeper::cli
