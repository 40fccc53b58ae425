// What cosign 3.1.2, cosign 2.6.4 and model-signing 1.1.1 wrote, byte for byte.
#pragma once

#include <string>

namespace vectors {

const std::string cosign_public = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdV3ezlEC/zVYe612HKoQoqEWEWjR
yKOzPospaGMHqasVN7pKZfViLIayH3NjpWjpWsTWZscQWvXmCajLgD6ZBg==
-----END PUBLIC KEY-----
)";

// cosign sign-blob over "hello\n".
const std::string blob_bundle =
    R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial":{"publicKey":{"hint":"N3vE4uLQFMepB3gK4urD8a1AiCwjbSl2jZTMf7k96Ts="}}, "messageSignature":{"messageDigest":{"algorithm":"SHA2_256", "digest":"WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="}, "signature":"MEUCID9yO0T40u+Bn3P4VXpJHGlvugpBr1JsDEQINdcSGNtdAiEAh3riEsKN63/M8SiHL3PV/WBhMlgzKXdmY9oyZZwqFiQ="}})";

// cosign sign of this image.
const std::string image_digest = "sha256:0de5c4a307198c07fb65a6cee4e4a3a66859883a8e6dfb360cd8e748d615360a";

const std::string image_bundle =
    R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial":{"publicKey":{"hint":"N3vE4uLQFMepB3gK4urD8a1AiCwjbSl2jZTMf7k96Ts="}}, "dsseEnvelope":{"payload":"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCAic3ViamVjdCI6W3siZGlnZXN0Ijp7InNoYTI1NiI6IjBkZTVjNGEzMDcxOThjMDdmYjY1YTZjZWU0ZTRhM2E2Njg1OTg4M2E4ZTZkZmIzNjBjZDhlNzQ4ZDYxNTM2MGEifSwgImFubm90YXRpb25zIjp7fX1dLCAicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vc2lnc3RvcmUuZGV2L2Nvc2lnbi9zaWduL3YxIiwgInByZWRpY2F0ZSI6e319", "payloadType":"application/vnd.in-toto+json", "signatures":[{"sig":"MEQCIH94q66eNrHF2pvOucK9S/6x4l8b6+JAmqZrCtOiGNZoAiA2GAN6plU51tYzQfdwUwTBJRWwLqrHP7hZdJV/GI9VMg=="}]}})";

// cosign 2 sign of the same image as 127.0.0.1:5944/app: the layer and its annotation.
const std::string image_claim =
    R"({"critical":{"identity":{"docker-reference":"127.0.0.1:5944/app"},"image":{"docker-manifest-digest":"sha256:0de5c4a307198c07fb65a6cee4e4a3a66859883a8e6dfb360cd8e748d615360a"},"type":"cosign container image signature"},"optional":null})";

const std::string image_claim_signature =
    "MEUCIQCnvZYdIxGmYsAwNBTpbo+LTwj9sN3vWWxRCl8jEQfFrQIgG5LA3HDHj3le5aKnWJJ1Pn1zMLHm2t4EusUT1SZT51U=";

// model_signing sign key over the files a.bin ("a\n") and sub/b.bin ("b\n").
const std::string model_public = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEHPejzhKZJO7Ra4AslALKOyDU0sN
ydGP+wKVIvBVPXY1fqfZcrgyi68uVmtquh2UXHL3Gjwa//Z0p1oQi1V4SQ==
-----END PUBLIC KEY-----
)";

const std::string model_bundle =
    R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"154bbb3fde810e8f75d6a6bfea896d80c6c91a97525bfcc05d8233792defd3dd"},"tlogEntries":[]},"dsseEnvelope":{"payload":"ewogICJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwKICAic3ViamVjdCI6IFsKICAgIHsKICAgICAgIm5hbWUiOiAibSIsCiAgICAgICJkaWdlc3QiOiB7CiAgICAgICAgInNoYTI1NiI6ICI2ZWM3YjczZjU4ODM5NzY4ZjVlYjAwNmQ5NmIwMmViYWE3YmYzZDMwYzVkYWFjY2M4MzI2NjNjODI2NmUwOTMxIgogICAgICB9CiAgICB9CiAgXSwKICAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL21vZGVsX3NpZ25pbmcvc2lnbmF0dXJlL3YxLjAiLAogICJwcmVkaWNhdGUiOiB7CiAgICAicmVzb3VyY2VzIjogWwogICAgICB7CiAgICAgICAgIm5hbWUiOiAiYS5iaW4iLAogICAgICAgICJhbGdvcml0aG0iOiAic2hhMjU2IiwKICAgICAgICAiZGlnZXN0IjogIjg3NDI4ZmM1MjI4MDNkMzEwNjVlN2JjZTNjZjAzZmU0NzUwOTY2MzFlNWUwN2JiZDdhMGZkZTYwYzRjZjI1YzciCiAgICAgIH0sCiAgICAgIHsKICAgICAgICAibmFtZSI6ICJzdWIvYi5iaW4iLAogICAgICAgICJhbGdvcml0aG0iOiAic2hhMjU2IiwKICAgICAgICAiZGlnZXN0IjogIjAyNjM4Mjk5ODliNmZkOTU0ZjcyYmFhZjJmYzY0YmMyZTJmMDFkNjkyZDRkZTcyOTg2ZWE4MDhmNmU5OTgxM2YiCiAgICAgIH0KICAgIF0sCiAgICAic2VyaWFsaXphdGlvbiI6IHsKICAgICAgIm1ldGhvZCI6ICJmaWxlcyIsCiAgICAgICJpZ25vcmVfcGF0aHMiOiBbCiAgICAgICAgIi5naXRpZ25vcmUiLAogICAgICAgICIuZ2l0aHViIiwKICAgICAgICAiLmdpdCIsCiAgICAgICAgIi5naXRhdHRyaWJ1dGVzIgogICAgICBdLAogICAgICAiYWxsb3dfc3ltbGlua3MiOiBmYWxzZSwKICAgICAgImhhc2hfdHlwZSI6ICJzaGEyNTYiCiAgICB9CiAgfQp9","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"MEUCIQD3VElSNobaqgmXhnETRoeI/5m6TVO9XNsiVPIwWegwOgIgQ00pRCMThtjbMpn02hV9tT1jzaBk7cZUlTvZBm9UJHQ=","keyid":""}]}})";

}  // namespace vectors
