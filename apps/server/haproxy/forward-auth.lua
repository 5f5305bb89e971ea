-- Asks Latchkey of each request whether its caller may go on, and tells the service who that is.

local QUESTION = "http://127.0.0.1:3000/forward-auth?permission=notes:read"
local TIMEOUT_MS = 5000

-- What the question is about. X-Forwarded-* are set by haproxy.cfg.
local ASKED_WITH = {
  "cookie", "authorization", "x-api-key", "accept", "user-agent", "origin", "sec-fetch-site", "sec-fetch-mode",
  "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-uri", "x-forwarded-method",
}
local IDENTITY = { "x-latchkey-subject", "x-latchkey-kind", "x-latchkey-permissions" }

-- HAProxy counts the values of a header from 0.
local function values_of(headers, name)
  local values = {}
  local found = headers[name]
  if found then
    for index = 0, #found do values[#values + 1] = found[index] end
  end
  return values
end

local function ask(txn)
  local headers = txn.http:req_get_headers()
  local asked = {}
  for _, name in ipairs(ASKED_WITH) do
    local values = values_of(headers, name)
    if #values > 0 then asked[name] = values end
  end
  return core.httpclient():get { url = QUESTION, headers = asked, timeout = TIMEOUT_MS }
end

-- What lets the caller in is none of the service's business.
local function leave_out_credentials(txn)
  local kept = {}
  for _, line in ipairs(values_of(txn.http:req_get_headers(), "cookie")) do
    for cookie in line:gmatch("[^;]+") do
      local trimmed = cookie:match("^%s*(.-)%s*$")
      if trimmed:sub(1, 15) ~= "__Host-latchkey" then kept[#kept + 1] = trimmed end
    end
  end
  txn.http:req_del_header("cookie")
  if #kept > 0 then txn.http:req_set_header("cookie", table.concat(kept, "; ")) end
  txn.http:req_del_header("authorization")
  txn.http:req_del_header("x-api-key")
end

local function refuse(txn, answer)
  local headers = answer.headers or {}
  local location = values_of(headers, "location")[1]
  local reply = txn:reply { status = location and 302 or answer.status }
  if location then reply:add_header("location", location) end
  for _, name in ipairs({ "www-authenticate", "retry-after" }) do
    for _, value in ipairs(values_of(headers, name)) do reply:add_header(name, value) end
  end
  reply:add_header("cache-control", "no-store")
  txn:done(reply)
end

core.register_action("latchkey", { "http-req" }, function(txn)
  local answer = ask(txn)
  if answer.status ~= 200 then
    -- Without an answer, haproxy.cfg refuses.
    if answer.status and answer.status >= 400 and answer.status < 500 then refuse(txn, answer) end
    return
  end
  leave_out_credentials(txn)
  for _, name in ipairs(IDENTITY) do
    txn.http:req_set_header(name, values_of(answer.headers, name)[1] or "")
  end
  txn:set_var("txn.latchkey_admits", true)
end)
