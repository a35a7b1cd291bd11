-- HS256 and RS256 verification (signature, iss, exp) by LuaJIT's FFI on the libcrypto that nginx links
local ffi, cjson, base64 = require("ffi"), require("cjson.safe"), require("ngx.base64")
ffi.cdef[[
typedef struct evp_md_st EVP_MD;
typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_md_ctx_st EVP_MD_CTX;
typedef struct bio_st BIO;
const EVP_MD *EVP_sha256(void);
unsigned char *HMAC(const EVP_MD *, const void *, int, const unsigned char *, size_t,
                    unsigned char *, unsigned int *);
BIO *BIO_new_mem_buf(const void *, int);
int BIO_free(BIO *);
EVP_PKEY *PEM_read_bio_PUBKEY(BIO *, EVP_PKEY **, void *, void *);
EVP_MD_CTX *EVP_MD_CTX_new(void);
int EVP_MD_CTX_reset(EVP_MD_CTX *);
int EVP_DigestVerifyInit(EVP_MD_CTX *, void **, const EVP_MD *, void *, EVP_PKEY *);
int EVP_DigestVerify(EVP_MD_CTX *, const unsigned char *, size_t, const unsigned char *, size_t);
int CRYPTO_memcmp(const void *, const void *, size_t);
]]
local C, M = ffi.C, {}
local digest, digest_length = ffi.new("unsigned char[64]"), ffi.new("unsigned int[1]")
local secret, public_key, context, sha256

function M.init(hs256_secret, rs256_public_key_file)
  secret, sha256 = hs256_secret, C.EVP_sha256()
  local file = assert(io.open(rs256_public_key_file))
  local pem = file:read("*a")
  file:close()
  local bio = C.BIO_new_mem_buf(pem, #pem)
  public_key = C.PEM_read_bio_PUBKEY(bio, nil, nil, nil)
  C.BIO_free(bio)
  assert(public_key ~= nil)
  context = C.EVP_MD_CTX_new()
end

local verify = {
  HS256 = function(signed, signature)
    C.HMAC(sha256, secret, #secret, signed, #signed, digest, digest_length)
    return #signature == 32 and C.CRYPTO_memcmp(digest, signature, 32) == 0
  end,
  RS256 = function(signed, signature)
    C.EVP_MD_CTX_reset(context)
    return C.EVP_DigestVerifyInit(context, nil, sha256, nil, public_key) == 1
      and C.EVP_DigestVerify(context, signature, #signature, signed, #signed) == 1
  end,
}

function M.check(authorization)
  if not authorization or authorization:sub(1, 7) ~= "Bearer " then return false end
  local dot1 = authorization:find(".", 8, true)
  local dot2 = dot1 and authorization:find(".", dot1 + 1, true)
  if not dot2 then return false end
  local head = base64.decode_base64url(authorization:sub(8, dot1 - 1))
  local body = base64.decode_base64url(authorization:sub(dot1 + 1, dot2 - 1))
  local signature = base64.decode_base64url(authorization:sub(dot2 + 1))
  if not (head and body and signature) then return false end
  local header = cjson.decode(head)
  local check = header and verify[header.alg]
  if not check or not check(authorization:sub(8, dot2 - 1), signature) then return false end
  local claims = cjson.decode(body)
  return claims and claims.iss == "bench-issuer"
    and type(claims.exp) == "number" and claims.exp > ngx.time()
end

return M
