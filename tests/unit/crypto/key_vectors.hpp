// Keys and signatures over "a message" that the openssl program made. The private ones protect nothing.
#pragma once

#include <string>

namespace vectors {

const std::string p256_public = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfJNuEyUY5qw3cWW68vYhL4VWeqES
30PNeYqHxXgkVKiLjH4Vj5Y5x6QQydN2J/935DJcDa68b5eVVYsQ3gk9bQ==
-----END PUBLIC KEY-----
)";

const std::string p256_signature =
    "MEQCIBr6dOUmjmJx9/zk7KScO+py97mDVfmfFj4OxUSEe7KVAiAadmSO5nRWsfrnQ6MgMb3Q+ObFXMcyabMn0Ilm821rtw==";

const std::string p384_public = R"(-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE+KdJyCVe/U3ioFFvO1HUN1jya/TAUjnX
srVwrT0JWGNrOq+glKrsG2KTAmCeLPc42JJ6/xa1+AgewXXIodMl+6YCL92g8inr
laJOIAWNYFmHOICFZYTSB/QmOFEguQ/R
-----END PUBLIC KEY-----
)";

const std::string p384_signature =
    "MGUCMQC2tM8FFx1oapgzt1gs12Uvi6whwDOl0w9qTdAgf9tsDHPYeqsdZIpxAaoU5Z9KjOsCMChfipKlabKcdngCgAlZCFsEK9v1fZbl"
    "yA613mGZpEm/xYb6rSki8nZFZYYfnXdpQA==";

const std::string p521_public = R"(-----BEGIN PUBLIC KEY-----
MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQBOXEfA8LjB2MatHKXqAW45QZCi9hu
szBDDuleYGkVuTBDLtVhkBPFEgYHG/040zhuvR4pwDU2H4Dv0lIdMsf5U/kAb2Ed
XiQilpDjNwOduVoFUvEKPvvwid/xKaBL1phvcjH2U1rtUFBwCV34FuepbhxDvAhK
/V+QZMMOoB+XQxYHbEE=
-----END PUBLIC KEY-----
)";

const std::string p521_signature =
    "MIGIAkIBlM4HjLXlRlPyFZRLEhyWXIH9Bd5QUeNEfYDPWBfdTukHnZhrmEkTJYKxWSvTGbCBspxoKDWYawG78aO4gEomx3YCQgCwde0M"
    "C1tXr/WWwV727doaqzWKquUu2/LMoYkuEHfeyoET2S4n7ft30uICDM8fUmmdbEwZt1qp5N8OK6Mql3P9zQ==";

const std::string rsa2048_public = R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAno6gtF4NEI/k7iBxGz6Z
5e23iCzvLb2jI4Xz8FWamJFF12PHh9e+v3YVy/mjbZ0abgRiPVmNH2gCtMdJgzt4
hZ1sVv3Ldvv7YaDXi6ZWtxvMFM5BcZf+w7w1/JKB2OVkzsxiBF0vRpVp+DUOFMpF
RnlrMXuAKRRYDIYipCL4eZ6LmhU7b2gh8ydbqmer0rFJ9uWNCtNLqqAHw5otost8
ripdJG9s2+bHjXxeogyrth6rIPwLKiWb3OrGVm1iFR7x+DkHBa9LIxEBO1NNhQQn
Ds1h9IZ+vyqASID6NxIMZ9FabIX/tkWxMH1LlUEJ7N3NGu9BveD/cppRxc7E1p05
TQIDAQAB
-----END PUBLIC KEY-----
)";

const std::string rsa2048_signature =
    "g0Orwtje50sZTzTmvoPMcjaPq30KsWz4ULvwGlU22VXwT/"
    "wZbtebwdvyznAji+"
    "dLYw4YFJECHqUhy0z5dBHjX50BJCPSzznzXSNmQ3z4MUfi6xjLnYUWSLjowIUSky0wqfUhwz6NvsacbwBgC8DYcjDTtV2KAP0xSAEQOR"
    "rt63OZLScRBbAJBUzWzz8CUq0U02FmEbTnctbBC4hblfkerEGiYAuTbai78n9ddwUqTK/"
    "BBeT17EQV3iOYaxHwXnPoD6J+BuKvAWIiIGHq31+RAQ216wkeddvjjHteKRqx/"
    "waTDBk5vR5gRwEBk3Wq2S9pvpRUHiqCjGrV8XzjOk0BYQ==";

const std::string ed25519_public = R"(-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA2Yj/JUOmtz6e2iRDnHQI8k7Wc3SG1RLSQLPwIQMVDJY=
-----END PUBLIC KEY-----
)";

const std::string ed25519_signature =
    "hS6aW5WXlpgXq5ogKHg7A42AwZKFIjVJASN1X0Uan62nCpqicui2qwnIBR4LEmjf2ui8uS2zWDLOLxOoEiulAQ==";

const std::string p384_signature_sha256 =
    "MGYCMQDGmA7wXh1VkNC1lU+g6Q/5idYoNZ9u1bglRq1UgpY4OuNWBzC3m6ThDFd5yerZBHUCMQCQ3mk8bUwDE/9/YbHawQxrMF/"
    "silXjuutcYCMIVqbKToITE14iMeqDQzKty4MMeuc=";

const std::string rsa1024_public = R"(-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDaEjs69u3RcRVuO77OrFjwfS2y
30FOrFze94zRzLkHsMi9sgW4luT9Nf+WBde7AcPNJjmeUS7oCqog+kEFFuqBwGOr
ysbgh2+k5jSv5jv5C2BD+FGThu1BoBVxSBR73ncmagznd9x1+4ndUGdvRnrT1UTO
AOvniFESweHY8SRJ9wIDAQAB
-----END PUBLIC KEY-----
)";

const std::string secp256k1_public = R"(-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEJ4q9OvKrSmhOsWnGf31yVAGx9rkUIv/Q
uPQKkMZHqS3L92tO4wODQUig//r6EzBOP0RAjYg8WlcDN9mVuC5hGw==
-----END PUBLIC KEY-----
)";

const std::string x25519_public = R"(-----BEGIN PUBLIC KEY-----
MCowBQYDK2VuAyEAdoea/mvPfldC+G4/aSgY3ZaUCnlW4PflrLW33b1gDH4=
-----END PUBLIC KEY-----
)";

const std::string explicit_p256_public = R"(-----BEGIN PUBLIC KEY-----
MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA
AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////
///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd
NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5
RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA
//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABDdeaeB6r7itw4xlx+y0Ilqp
uShdslxEwkuJ2aa85S1He1dWf1/1kTd9Db8yA+T00P4LoiEmbBOrE43g18JMJS4=
-----END PUBLIC KEY-----
)";

const std::string p256_pkcs8 = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgiw1RALbbhvIacRoz
ufew91Ow6SW5hFXTOfzOynoXKCuhRANCAAR8k24TJRjmrDdxZbry9iEvhVZ6oRLf
Q815iofFeCRUqIuMfhWPljnHpBDJ03Yn/3fkMlwNrrxvl5VVixDeCT1t
-----END PRIVATE KEY-----
)";

const std::string p256_ec = R"(-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIIsNUQC224byGnEaM7n3sPdTsOkluYRV0zn8zsp6FygroAoGCCqGSM49
AwEHoUQDQgAEfJNuEyUY5qw3cWW68vYhL4VWeqES30PNeYqHxXgkVKiLjH4Vj5Y5
x6QQydN2J/935DJcDa68b5eVVYsQ3gk9bQ==
-----END EC PRIVATE KEY-----
)";

const std::string p256_encrypted = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgHfj+tYESrYgICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEBMMfUmwiMbkBmnAwLqKQZUEgZBB
gczS9BpMLCK+IY36cXMf3MGmn3jszJkUk7U6T3qZqmbMBKQz6Hr5k7fhevuH0AE8
znthnmIzgEo6JgcNFyTHC0ZrzoZR20B1odz3QNXhw6MD97GprWX0KCxTc2to7jot
QIbxTQBf0xMp/8mZ7DTR/xC8EGy/bbtuTvWdS8jEZgMzANWXs5FNiVjueuCqbOU=
-----END ENCRYPTED PRIVATE KEY-----
)";

const std::string p384_pkcs8 = R"(-----BEGIN PRIVATE KEY-----
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBi528B8Qf8Wr8P8aUq
DDhxh7IMWMEfvTWBiIjz9d5QxLJbj1MIEHocmn9gL9XlzkOhZANiAAT4p0nIJV79
TeKgUW87UdQ3WPJr9MBSOdeytXCtPQlYY2s6r6CUquwbYpMCYJ4s9zjYknr/FrX4
CB7Bdcih0yX7pgIv3aDyKeuVok4gBY1gWYc4gIVlhNIH9CY4USC5D9E=
-----END PRIVATE KEY-----
)";

const std::string cosign_key = R"(-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6
OCwicCI6MX0sInNhbHQiOiJyRFdQdE94eUIyZEpzMkk2TG1jM3RoUHR6elBid2VG
YnUrR0RuYkZ3WDBVPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
Iiwibm9uY2UiOiJER1M2dk1YL2RFYkRpdE1vaHhwUU1uWWFTWGozd2NHWSJ9LCJj
aXBoZXJ0ZXh0IjoiZ2NDcWpKaUlaeXd4OVpEenF3amFBVnpPNE1odXpCc0pud01t
cUhCZkQxTzhmTWw4Tm81TCt0aDlwUVlUaGJwYVBCOWo4dDdzOThNN0xvM2taTzht
Sm1vcDh0RFF5bVNNV2pDaFlGM3pjbkhURHBjTEt5c3pNajlhNkpuUnd5bGM3b0JO
ZktJeXJJK1FHNHJsdVVSN2F4K2g0dWxZQWc3VTF0Tkt0d1BWelYzSHQvWWRKYnI5
V2RJbzlDcDh4V3pUMUJsSGJ5NXhHVGxJMlE9PSJ9
-----END ENCRYPTED SIGSTORE PRIVATE KEY-----
)";

const std::string cosign_public = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdV3ezlEC/zVYe612HKoQoqEWEWjR
yKOzPospaGMHqasVN7pKZfViLIayH3NjpWjpWsTWZscQWvXmCajLgD6ZBg==
-----END PUBLIC KEY-----
)";

}  // namespace vectors
