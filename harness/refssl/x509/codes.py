"""OpenSSL's certificate verification codes (X509_V_ERR_*) with its texts, and the error that carries one.

Only numbers, texts and the exception live here; who decides for which number is ``path``. The texts are those that
OpenSSL 3.6 gives for each number (X509_verify_cert_error_string).
"""

from __future__ import annotations

UNSPECIFIED = 1
UNABLE_TO_GET_ISSUER_CERT = 2
UNABLE_TO_GET_CRL = 3
UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY = 6
CERT_SIGNATURE_FAILURE = 7
CRL_SIGNATURE_FAILURE = 8
CERT_NOT_YET_VALID = 9
CERT_HAS_EXPIRED = 10
CRL_NOT_YET_VALID = 11
CRL_HAS_EXPIRED = 12
ERROR_IN_CERT_NOT_BEFORE_FIELD = 13
ERROR_IN_CERT_NOT_AFTER_FIELD = 14
ERROR_IN_CRL_LAST_UPDATE_FIELD = 15
ERROR_IN_CRL_NEXT_UPDATE_FIELD = 16
DEPTH_ZERO_SELF_SIGNED_CERT = 18
SELF_SIGNED_CERT_IN_CHAIN = 19
UNABLE_TO_GET_ISSUER_CERT_LOCALLY = 20
UNABLE_TO_VERIFY_LEAF_SIGNATURE = 21
CERT_CHAIN_TOO_LONG = 22
CERT_REVOKED = 23
PATH_LENGTH_EXCEEDED = 25
INVALID_PURPOSE = 26
CERT_UNTRUSTED = 27
CERT_REJECTED = 28
SUBJECT_ISSUER_MISMATCH = 29
AKID_SKID_MISMATCH = 30
AKID_ISSUER_SERIAL_MISMATCH = 31
KEYUSAGE_NO_CERTSIGN = 32
UNABLE_TO_GET_CRL_ISSUER = 33
UNHANDLED_CRITICAL_EXTENSION = 34
KEYUSAGE_NO_CRL_SIGN = 35
UNHANDLED_CRITICAL_CRL_EXTENSION = 36
INVALID_NON_CA = 37
PROXY_PATH_LENGTH_EXCEEDED = 38
KEYUSAGE_NO_DIGITAL_SIGNATURE = 39
PROXY_CERTIFICATES_NOT_ALLOWED = 40
INVALID_EXTENSION = 41
INVALID_POLICY_EXTENSION = 42
NO_EXPLICIT_POLICY = 43
DIFFERENT_CRL_SCOPE = 44
UNNESTED_RESOURCE = 46
PERMITTED_VIOLATION = 47
EXCLUDED_VIOLATION = 48
SUBTREE_MINMAX = 49
UNSUPPORTED_CONSTRAINT_TYPE = 51
UNSUPPORTED_CONSTRAINT_SYNTAX = 52
UNSUPPORTED_NAME_SYNTAX = 53
CRL_PATH_VALIDATION_ERROR = 54
SUITE_B_INVALID_VERSION = 56
SUITE_B_INVALID_ALGORITHM = 57
SUITE_B_INVALID_CURVE = 58
SUITE_B_INVALID_SIGNATURE_ALGORITHM = 59
SUITE_B_LOS_NOT_ALLOWED = 60
SUITE_B_CANNOT_SIGN_P_384_WITH_P_256 = 61
HOSTNAME_MISMATCH = 62
IP_ADDRESS_MISMATCH = 64
EE_KEY_TOO_SMALL = 66
CA_KEY_TOO_SMALL = 67
CA_MD_TOO_WEAK = 68
PROXY_SUBJECT_NAME_VIOLATION = 72
OCSP_VERIFY_FAILED = 74
UNSUPPORTED_SIGNATURE_ALGORITHM = 76
SIGNATURE_ALGORITHM_MISMATCH = 77
SIGNATURE_ALGORITHM_INCONSISTENCY = 78
INVALID_CA = 79
PATHLEN_INVALID_FOR_NON_CA = 80
PATHLEN_WITHOUT_KU_KEY_CERT_SIGN = 81
KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA = 82
ISSUER_NAME_EMPTY = 83
SUBJECT_NAME_EMPTY = 84
MISSING_AUTHORITY_KEY_IDENTIFIER = 85
MISSING_SUBJECT_KEY_IDENTIFIER = 86
EMPTY_SUBJECT_ALT_NAME = 87
EMPTY_SUBJECT_SAN_NOT_CRITICAL = 88
CA_BCONS_NOT_CRITICAL = 89
AUTHORITY_KEY_IDENTIFIER_CRITICAL = 90
SUBJECT_KEY_IDENTIFIER_CRITICAL = 91
CA_CERT_MISSING_KEY_USAGE = 92
EXTENSIONS_REQUIRE_VERSION_3 = 93
EC_KEY_EXPLICIT_PARAMS = 94

MESSAGES = {
    UNSPECIFIED: "unspecified certificate verification error",
    UNABLE_TO_GET_ISSUER_CERT: "unable to get issuer certificate",
    UNABLE_TO_GET_CRL: "unable to get certificate CRL",
    UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: "unable to decode issuer public key",
    CERT_SIGNATURE_FAILURE: "certificate signature failure",
    CRL_SIGNATURE_FAILURE: "CRL signature failure",
    CERT_NOT_YET_VALID: "certificate is not yet valid or the system clock is incorrect",
    CERT_HAS_EXPIRED: "certificate has expired",
    CRL_NOT_YET_VALID: "CRL is not yet valid",
    CRL_HAS_EXPIRED: "CRL has expired",
    ERROR_IN_CERT_NOT_BEFORE_FIELD: "format error in certificate's notBefore field",
    ERROR_IN_CERT_NOT_AFTER_FIELD: "format error in certificate's notAfter field",
    ERROR_IN_CRL_LAST_UPDATE_FIELD: "format error in CRL's lastUpdate field",
    ERROR_IN_CRL_NEXT_UPDATE_FIELD: "format error in CRL's nextUpdate field",
    DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed certificate",
    SELF_SIGNED_CERT_IN_CHAIN: "self-signed certificate in certificate chain",
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "unable to get local issuer certificate",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "unable to verify the first certificate",
    CERT_CHAIN_TOO_LONG: "certificate chain too long",
    CERT_REVOKED: "certificate revoked",
    PATH_LENGTH_EXCEEDED: "path length constraint exceeded",
    INVALID_PURPOSE: "unsuitable certificate purpose",
    CERT_UNTRUSTED: "certificate not trusted",
    CERT_REJECTED: "certificate rejected",
    SUBJECT_ISSUER_MISMATCH: "subject issuer mismatch",
    AKID_SKID_MISMATCH: "authority and subject key identifier mismatch",
    AKID_ISSUER_SERIAL_MISMATCH: "authority and issuer serial number mismatch",
    KEYUSAGE_NO_CERTSIGN: "key usage does not include certificate signing",
    UNABLE_TO_GET_CRL_ISSUER: "unable to get CRL issuer certificate",
    UNHANDLED_CRITICAL_EXTENSION: "unhandled critical extension",
    KEYUSAGE_NO_CRL_SIGN: "key usage does not include CRL signing",
    UNHANDLED_CRITICAL_CRL_EXTENSION: "unhandled critical CRL extension",
    INVALID_NON_CA: "invalid non-CA certificate (has CA markings)",
    PROXY_PATH_LENGTH_EXCEEDED: "proxy path length constraint exceeded",
    KEYUSAGE_NO_DIGITAL_SIGNATURE: "key usage does not include digital signature",
    PROXY_CERTIFICATES_NOT_ALLOWED: "proxy certificates not allowed, please set the appropriate flag",
    INVALID_EXTENSION: "invalid or inconsistent certificate extension",
    INVALID_POLICY_EXTENSION: "invalid or inconsistent certificate policy extension",
    NO_EXPLICIT_POLICY: "no explicit policy",
    DIFFERENT_CRL_SCOPE: "different CRL scope",
    UNNESTED_RESOURCE: "RFC 3779 resource not subset of parent's resources",
    PERMITTED_VIOLATION: "permitted subtree violation",
    EXCLUDED_VIOLATION: "excluded subtree violation",
    SUBTREE_MINMAX: "name constraints minimum and maximum not supported",
    UNSUPPORTED_CONSTRAINT_TYPE: "unsupported name constraint type",
    UNSUPPORTED_CONSTRAINT_SYNTAX: "unsupported or invalid name constraint syntax",
    UNSUPPORTED_NAME_SYNTAX: "unsupported or invalid name syntax",
    CRL_PATH_VALIDATION_ERROR: "CRL path validation error",
    SUITE_B_INVALID_VERSION: "Suite B: certificate version invalid",
    SUITE_B_INVALID_ALGORITHM: "Suite B: invalid public key algorithm",
    SUITE_B_INVALID_CURVE: "Suite B: invalid ECC curve",
    SUITE_B_INVALID_SIGNATURE_ALGORITHM: "Suite B: invalid signature algorithm",
    SUITE_B_LOS_NOT_ALLOWED: "Suite B: curve not allowed for this LOS",
    SUITE_B_CANNOT_SIGN_P_384_WITH_P_256: "Suite B: cannot sign P-384 with P-256",
    HOSTNAME_MISMATCH: "hostname mismatch",
    IP_ADDRESS_MISMATCH: "IP address mismatch",
    EE_KEY_TOO_SMALL: "EE certificate key too weak",
    CA_KEY_TOO_SMALL: "CA certificate key too weak",
    CA_MD_TOO_WEAK: "CA signature digest algorithm too weak",
    PROXY_SUBJECT_NAME_VIOLATION: "proxy subject name violation",
    OCSP_VERIFY_FAILED: "OCSP verification failed",
    UNSUPPORTED_SIGNATURE_ALGORITHM: "Cannot find certificate signature algorithm",
    SIGNATURE_ALGORITHM_MISMATCH: "subject signature algorithm and issuer public key algorithm mismatch",
    SIGNATURE_ALGORITHM_INCONSISTENCY: "cert info signature and signature algorithm mismatch",
    INVALID_CA: "invalid CA certificate",
    PATHLEN_INVALID_FOR_NON_CA: "Path length invalid for non-CA cert",
    PATHLEN_WITHOUT_KU_KEY_CERT_SIGN: "Path length given without key usage keyCertSign",
    KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA: "Key usage keyCertSign invalid for non-CA cert",
    ISSUER_NAME_EMPTY: "Issuer name empty",
    SUBJECT_NAME_EMPTY: "Subject name empty",
    MISSING_AUTHORITY_KEY_IDENTIFIER: "Missing Authority Key Identifier",
    MISSING_SUBJECT_KEY_IDENTIFIER: "Missing Subject Key Identifier",
    EMPTY_SUBJECT_ALT_NAME: "Empty Subject Alternative Name extension",
    EMPTY_SUBJECT_SAN_NOT_CRITICAL: "Subject empty and Subject Alt Name extension not critical",
    CA_BCONS_NOT_CRITICAL: "Basic Constraints of CA cert not marked critical",
    AUTHORITY_KEY_IDENTIFIER_CRITICAL: "Authority Key Identifier marked critical",
    SUBJECT_KEY_IDENTIFIER_CRITICAL: "Subject Key Identifier marked critical",
    CA_CERT_MISSING_KEY_USAGE: "CA cert does not include key usage extension",
    EXTENSIONS_REQUIRE_VERSION_3: "Using cert extension requires at least X509v3",
    EC_KEY_EXPLICIT_PARAMS: "Certificate public key has explicit ECC parameters",
}


class VerificationError(Exception):
    """A certificate path was refused.

    code: OpenSSL's X509_V_ERR number. depth: which certificate of the path, 0 being the leaf. message: OpenSSL's text
    for the number (without the host name that CPython adds to 62 and 64).
    """

    def __init__(self, code: int, depth: int = 0, message: str | None = None) -> None:
        super().__init__(code, depth)
        self.code = code
        self.depth = depth
        self.message = MESSAGES[code] if message is None else message

    def __str__(self) -> str:
        return f"{self.message} (code {self.code}, depth {self.depth})"
