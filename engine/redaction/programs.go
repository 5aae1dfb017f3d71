package redaction

// programs are more of those that take a password by its place among their words, or that keep
// what they are given: all of it is a secret, whatever its name is.
var programs = []pattern{
	// stores of secrets
	{namedSecret, "kv p", late(`\b(?:vault|bao)\s+kv\s+(?:put|patch)\s+(?:-\S+\s+)*[^\s=]+\s+([^\n|;&]*=[^\n|;&]*[^\s|;&"'\\)}])`), 1},
	{namedSecret, "vault write", late(`\b(?:vault|bao)\s+write\s+(?:-\S+\s+)*(?:secret|kv)\S*\s+([^\n|;&]*=[^\n|;&]*[^\s|;&"'\\)}])`), 1},
	{namedSecret, "consul kv", late(`\bconsul\s+kv\s+put\s+(?:-\S+\s+)*\S*` + saidSecret + `\S*\s+["']?([^\s"']+)`), 1},
	{namedSecret, "etcdctl", late(`\betcdctl\b[^\n|;&]*?\s(?:put|set)\s+(?:-\S+\s+)*\S*` + saidSecret + `\S*\s+["']?([^\s"']+)`), 1},
	{namedSecret, "secrets set", late(`\b(?:flyctl|fly|doppler|supabase|railway)\s+secrets\s+set\s+(?:-\S+\s+)*([^\s=]+=[^\n|;&]*[^\s|;&"'\\)}])`), 1},
	{namedSecret, "secrets set", late(`\bdoppler\s+secrets\s+set\s+\w+\s+["']?([^\s"'=-][^\s"']*)`), 1},
	{namedSecret, "glab variable", late(`\bglab\s+variable\s+(?:set|update)\s+\S+\s+["']?([^\s"'-][^\s"']*)`), 1},
	{namedSecret, "config set", late(`\bpulumi\s+config\s+set\s+\S+\s+["']?([^\s"'-][^\s"']*)["']?\s+[^\n|;&]*--secret\b`), 1},
	{namedSecret, "env:set", late(`\benv:set\s+\S+\s+["']?([^\s"'-][^\s"']*)["']?\s+[^\n|;&]*--secret\b`), 1},
	{namedSecret, "patch secret", late(`\bpatch\s+secrets?\b[^\n|;&]*?\s(?:-p|--patch)[ =]*["']?([{\[][^\n]*[}\]])`), 1},
	{namedSecret, "config set", late(`\bconfig\s+set\s+users\.\S+\.(?:token|password|client-key-data)\s+["']?([^\s"']+)`), 1},
	{namedSecret, "token create", late(`\bkubeadm\s+token\s+create\s+["']?([^\s"'-][^\s"']*)`), 1},
	{namedSecret, "encrypt_string", late(`\bencrypt_string\s+(?:--?\S+\s+)*["']([^"'\n]+)["']`), 1},
	{namedSecret, "encrypt_string", late(`\bencrypt_string\s+([^\s"'-][^\s"']*)`), 1},
	{namedSecret, "sops", late(`\bsops\b[^\n]*?\sset\s+[^\n]*?\]\s+\\?["']([^"'\n]+)`), 1},
	{namedSecret, "sops", late(`\bsops\b[^\n]*?--set\s+[^\n]*?\]\s+\\?["']([^"'\n]+)`), 1},
	{namedSecret, "keyctl", late(`\bkeyctl\s+add\s+user\s+\S+\s+["']?([^\s"']+)`), 1},
	{namedSecret, "secret-set-value", late(`\bsecret-set-value\s+(?:--secret\s+)?\S+\s+(?:--base64\s+)?["']?([^\s"'-][^\s"']*)`), 1},
	{namedSecret, "secret,id=", late(`\bsecret,id=[^\s,]+,(?:[^\s,]+,)*data=([^\s,"']+)`), 1},
	{namedSecret, "bw ", late(`\bbw\s+(?:login\s+\S+|unlock)\s+["']?([^\s"'-][^\s"']*)`), 1},
	// users
	{namedSecret, "chpasswd", late(`\bprintf\s+["'][^"'\n]*%s[^"'\n]*["']\s+([^|\n]*[^|\s])\s*\|\s*(?:sudo\s+)?chpasswd\b`), 1},
	{namedSecret, "chpasswd", late(`(?s)\bchpasswd\b[^\n]*<<-?\s*["']?\w+["']?[^\n]*\n(.*?)(?:\n[ \t]*[A-Za-z_]+[ \t]*(?:\n|$)|$)`), 1},
	{namedSecret, "mosquitto_passwd", late(`\bmosquitto_passwd\s+(?:-\w+\s+)*-\w*b\w*\s+\S+\s+\S+\s+["']?([^\s"']+)`), 1},
	{namedSecret, "emqx", late(`\bemqx(?:_|\s+)ctl\s+admins\s+(?:add|passwd)\s+\S+\s+["']?([^\s"']+)`), 1},
	{namedSecret, "user add", late(`\bmc\s+admin\s+user\s+add\s+\S+\s+\S+\s+["']?([^\s"']+)`), 1},
	{namedSecret, "radtest", late(`\bradtest\s+(?:-t\s+\S+\s+)?\S+\s+["']?([^\s"']+)`), 1},
	{namedSecret, "radtest", late(`\bradtest\s+(?:-t\s+\S+\s+)?\S+\s+\S+\s+\S+\s+\d+\s+["']?([^\s"']+)`), 1},
	{namedSecret, "radclient", late(`\bradclient\b[^\n|;&]*?\s(?:auth|acct|status|coa|disconnect)\s+["']?([^\s"']+)`), 1},
	{namedSecret, "cf auth", late(`\bcf\s+auth\s+\S+\s+["']?([^\s"'-][^\s"']*)`), 1},
	{namedSecret, "govc", late(`\bgovc\b[^\n|;&]*?\s-u[ =]["']?[^\s:"'=]+:([^\s"'/@][^\s"'@]*)@`), 1},
	{namedSecret, "rclone", late(`\brclone\s+config\s+password\s+\S+\s+\S+\s+["']?([^\s"']+)`), 1},
	{namedSecret, "--auth-params", late(`--auth-params[ =]["']?token:([^\s"']+)`), 1},
	{namedSecret, "initial-password", late(`\bset-initial-password\s+["']?([^\s"'-][^\s"']*)`), 1},
	{namedSecret, "pt-", late(`\bpt-[a-z-]+\s[^\n|;&]*?\bp=([^\s,"']+)`), 1},
	{namedSecret, "userid=", late(`\buserid=["']?[^\s/"'@=]+/([^\s"'@/]+)`), 1},
	{namedSecret, "sqlldr", late(`\bsqlldr\s+["']?[^\s/"'@=]+/([^\s"'@/]+)`), 1},
	{namedSecret, "rman ", late(`\brman\b[^\n|;&]*?\s(?:target|catalog|auxiliary)[ =]["']?[^\s/"'@=]+/([^\s"'@/]+)`), 1},
	{namedSecret, "exp ", late(`\bexp\s+[^\s/"'@=-]+/([^\s"'@/]+)(?:@\S+)?\s+\w+=`), 1},
	{namedSecret, "imp ", late(`\bimp\s+[^\s/"'@=-]+/([^\s"'@/]+)(?:@\S+)?\s+\w+=`), 1},
	{namedSecret, "connect ", late(connects), 1},
	{namedSecret, "CONNECT ", late(connects), 1},
	{namedSecret, "CONN ", late(connects), 1},
	{namedSecret, "connect to", late(`\bconnect\s+to\s+\S+\s+user\s+\S+\s+using\s+["']?([^\s"';]+)`), 1},
	{namedSecret, "LOGON", late(`\.LOGON\s+(?:[^\s/]+/)?[^\s,/]+,([^\s;"']+)`), 1},
	{namedSecret, "hdbuserstore", late(`\bhdbuserstore\s+(?i:set)\s+\S+\s+\S+\s+\S+\s+["']?([^\s"']+)`), 1},
	// what is typed for a person
	{namedSecret, "expect", late(`expect\b[^\n]{0,60}?(?:assword|assphrase)[^\n]{0,20}?["'}][\s;{]*send(?:_user)?\s+(?:--\s+)?\\?["']([^"'\n\\]+)`), 1},
	{namedSecret, "<(", late(`(?i:pass|secret|token|key)[\w-]*[= ]<\(\s*(?:echo|printf)\s+(?:-\S+\s+)?["']?([^"')\n]+)`), 1},
	{namedSecret, "ftp ", late(`(?s)\bl?ftp\s[^\n]*<<[^\n]*\n.{0,400}?\n?[ \t]*user\s+\S+[ \t]+([^\s"']+)`), 1},
	{namedSecret, "--header", late(`--header[ =]*["']?[\w-]*(?i:token|api-?key|secret|password)[\w-]*:([^\s"']+)`), 1},
	{namedSecret, "curl", late(`\bcurl\b[^\n]*?\s-H[ =]*["']?[\w-]*(?i:token|api-?key|secret|password)[\w-]*:([^\s"']+)`), 1},
	// of programs' own texts
	{namedSecret, "BasicAuth(", late(`BasicAuth\(\s*["'][^"'\n]*["']\s*,\s*["']([^"'\n]+)["']`), 1},
	{namedSecret, "auth=(", late(`\bauth=\(\s*["'][^"'\n]*["']\s*,\s*["']([^"'\n]+)["']`), 1},
	{namedSecret, ".auth(", late(`\.auth\(\s*\\?["'][^"'\n\\]*\\?["']\s*,\s*\\?["']([^"'\n\\]+)\\?["']`), 1},
	{namedSecret, "changeUserPassword(", late(`changeUserPassword\(\s*\\?["'][^"'\n\\]*\\?["']\s*,\s*\\?["']([^"'\n\\]+)\\?["']`), 1},
	{namedSecret, "getConnection(", late(`\bgetConnection\(\s*"jdbc:[^"\n]*"\s*,\s*"[^"\n]*"\s*,\s*"([^"\n]+)"`), 1},
	{namedSecret, "mysqli_connect(", late(`mysqli_connect\(\s*["'][^"'\n]*["']\s*,\s*["'][^"'\n]*["']\s*,\s*["']([^"'\n]+)["']`), 1},
	{namedSecret, "new PDO(", late(`new PDO\(\s*["'][^"'\n]*["']\s*,\s*["'][^"'\n]*["']\s*,\s*["']([^"'\n]+)["']`), 1},
	{namedSecret, "sp_addlogin", late(`sp_addlogin\s+N?'[^'\n]*'\s*,\s*N?'([^'\n]+)'`), 1},
	{namedSecret, "assword", late(`(?i)\bpassword\s*=\s*\w+\(\s*'([^'\n]+)'`), 1},
	{namedSecret, "PASSWORD", late(`(?i)\bpassword\s*=\s*\w+\(\s*'([^'\n]+)'`), 1},
	{namedSecret, "PASSWORD FOR", late(`\bPASSWORD\s+FOR\s+\S+\s*=\s*'([^'\n]+)'`), 1},
	{namedSecret, "IDENTIFIED", late(`\bIDENTIFIED\s+BY\s+([^\s"';]*[0-9][^\s"';]*)`), 1},
}

const (
	// saidSecret is what is in the name of a place where a secret is put.
	saidSecret = `(?i:password|passwd|secret|token|api_?key|credential)`
	// connects is how users of Oracle log in.
	connects = `(?im)^[ \t]*conn(?:ect)?[ \t]+[\w$#]+/([^\s"'@/;]+)(?:@\S+|[ \t]+as[ \t]+sys)`
)

// devices are what routers, switches and agents of networks are set up with.
var devices = []pattern{
	{namedSecret, "enable ", late(`(?m)^[ \t]*enable[ \t]+(?:secret|password)[ \t]+(?:level[ \t]+\d+[ \t]+)?(?:\d[ \t]+)?` + withDigit), 1},
	{namedSecret, "username ", late(`(?m)^[ \t]*username[ \t]+\S+[ \t]+(?:privilege[ \t]+\d+[ \t]+)?(?:secret|password)[ \t]+(?:\d[ \t]+)?` + withDigit), 1},
	{namedSecret, "-server ", late(`\b(?:tacacs|radius)-server\b[^\n]*?\skey[ \t]+(?:\d[ \t]+)?["']?([^\s"']+)`), 1},
	{namedSecret, "isakmp key", late(`\bisakmp[ \t]+key[ \t]+(?:\d[ \t]+)?["']?([^\s"']+)[ \t]+(?:address|hostname)`), 1},
	{namedSecret, "digest-key", late(`\bmessage-digest-key[ \t]+\d+[ \t]+md5[ \t]+(?:\d[ \t]+)?["']?([^\s"']+)`), 1},
	{namedSecret, "authentication-key", late(`\bauthentication-key[ \t]+(?:\d+[ \t]+(?:md5|sha\d*|hmac\S*)[ \t]+)?(?:\d[ \t]+)?["']?` + withDigit), 1},
	{namedSecret, "neighbor ", late(`\bneighbor[ \t]+\S+[ \t]+password[ \t]+(?:\d[ \t]+)?["']?([^\s"']+)`), 1},
	{namedSecret, "key-string", late(`\bkey-string[ \t]+(?:\d[ \t]+)?["']?` + withDigit), 1},
	{namedSecret, "pre-shared-key", late(`\bpre-shared-key[ \t]+(?:(?:local|remote|ascii-text|hexadecimal|key|address[ \t]+\S+)[ \t]+)*["']?` + withDigit), 1},
	{namedSecret, "wpa-psk", late(`\bwpa-psk[ \t]+(?:ascii|hex)[ \t]+(?:\d[ \t]+)?["']?([^\s"']+)`), 1},
	{namedSecret, "encrypted-password", late(`\bencrypted-password[ \t]+["']?` + withDigit), 1},
	{namedSecret, "passw", late(`(?m)^[ \t]*set[ \t]+passw(?:or)?d[ \t]+(?:ENC[ \t]+)?["']?` + withDigit), 1},
	{namedSecret, "psksecret", late(`\bpsksecret[ \t]+(?:ENC[ \t]+)?["']?([^\s"']+)`), 1},
	{namedSecret, "chap password", late(`\bchap[ \t]+password[ \t]+(?:\d[ \t]+)?["']?([^\s"']+)`), 1},
	{namedSecret, "sent-username", late(`\bsent-username[ \t]+\S+[ \t]+password[ \t]+(?:\d[ \t]+)?["']?([^\s"']+)`), 1},
	{namedSecret, "password", late(`(?m)^[ \t]+password[ \t]+(?:[0-9][ \t]+)?` + withDigit + `[ \t]*$`), 1},
	{namedSecret, "snmp-server", late(`\bsnmp-server[ \t]+host[ \t]+\S+[ \t]+(?:(?:traps|informs)[ \t]+)?version[ \t]+\S+[ \t]+["']?([^\s"']+)`), 1},
	{namedSecret, "snmp-server", late(`\bsnmp-server[ \t]+user\b[^\n]*?\sauth[ \t]+\S+[ \t]+["']?([^\s"']+)`), 1},
	{namedSecret, "snmp-server", late(`\bsnmp-server[ \t]+user\b[^\n]*?\spriv[ \t]+\S+[ \t]+(?:(?:128|192|256)[ \t]+)?["']?([^\s"']+)`), 1},
	{namedSecret, "snmp community", late(`\bsnmp[ \t]+community[ \t]+["']?([^\s"']+)`), 1},
	{namedSecret, "ommunity", late(`(?m)^[ \t]*(?:r[ow]community6|trapcommunity|authCommunity[ \t]+\S+)[ \t]+["']?([^\s"']+)`), 1},
	{namedSecret, "com2sec", late(`(?m)^[ \t]*com2sec6?[ \t]+(?:-Cn[ \t]+\S+[ \t]+)?\S+[ \t]+\S+[ \t]+["']?([^\s"']+)`), 1},
	{namedSecret, "createUser", late(`(?m)^[ \t]*createUser[ \t]+(?:-e[ \t]+\S+[ \t]+)?\S+[ \t]+(?:MD5|SHA\S*)[ \t]+["']?([^\s"']+)`), 1},
	{namedSecret, "createUser", late(`(?m)^[ \t]*createUser\b[^\n]*?[ \t](?:DES|AES\S*)[ \t]+["']?([^\s"']+)`), 1},
	{namedSecret, "sink ", late(`(?m)^[ \t]*(?:trap2?|inform)sink[ \t]+\S+[ \t]+["']?([^\s"']+)`), 1},
}

// withDigit is a word that holds a digit, which what people write about passwords has not.
const withDigit = `([^\s"']*[0-9][^\s"']*)`
