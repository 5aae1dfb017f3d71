package redaction

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// moreCommands are command lines of more programs.
var moreCommands = []string{
	"curl -su ann:CANARY https://x", "curl -sSLu ann:CANARY https://x", `curl --header "X-Token:CANARY" x`, "curl -U ann:CANARY x", "mysqlpump -u root -pCANARY db",
	"mysqlslap -u root -pCANARY", "mysqlcheck -u root -pCANARY --all-databases", "mysqlshow -uroot -pCANARY", "mysqlbinlog -u root -pCANARY x", "mysql_upgrade -u root -pCANARY",
	"mariabackup -u root -pCANARY", "mydumper -u root -p CANARY", "mydumper -u root -pCANARY", "myloader -u root -p CANARY", "pt-online-schema-change h=db,u=root,p=CANARY,D=x",
	"redis-cli -aCANARY ping", "redis-cli --no-auth-warning -a 'CANARY' INFO", "redis-cli config set requirepass CANARY", `redis-cli CONFIG SET requirepass "CANARY"`,
	"redis-cli CONFIG SET masterauth CANARY", "redis-cli ACL SETUSER u on >CANARY ~* +@all", "redis-server --masterauth CANARY", "valkey-cli -a CANARY ping", "keydb-cli -a CANARY ping",
	"redis-benchmark -a CANARY -q", "ldapcompare -D x -w CANARY", "ldapmodrdn -w CANARY x", "ldapexop -w CANARY x", "ldapadd -x -D cn=admin -w 'CANARY' -f x", "slappasswd -s CANARY",
	"slappasswd -h {SSHA} -s CANARY", "sshpass -p'CANARY' ssh h", `sshpass -p "CANARY" ssh h`, "openssl pkcs12 -passout=pass:CANARY", `openssl pkcs12 -export -passout "pass:CANARY"`,
	"openssl dgst -hmac CANARY x", `openssl dgst -sha256 -hmac "CANARY" x`, "openssl mac -macopt key:CANARY HMAC", "openssl mac -macopt hexkey:CANARY HMAC",
	"echo CANARY | docker secret create x -", "printf CANARY | docker secret create x -", `echo "CANARY" | podman secret create x -`, "docker secret create x - <<< CANARY",
	`kubectl patch secret x -p '{"stringData":{"a":"CANARY"}}'`, `kubectl patch secret x -p '{"data":{"a":"CANARY"}}'`,
	`kubectl patch secret x --type merge -p '{"stringData": {"a": "CANARY"}}'`, `kubectl patch secret x --type=json -p='[{"op":"replace","path":"/data/a","value":"CANARY"}]'`,
	"kubectl config set users.a.token CANARY", "kubeadm init --certificate-key CANARY", "kubeadm token create CANARY", "k3s agent -t CANARY",
	"az keyvault secret set --vault-name v --name n --value CANARY", `az keyvault secret set --vault-name v -n n --value "CANARY"`, "az functionapp keys set --key-name k --key-value CANARY",
	"az postgres server create --admin-user u -p CANARY", "aws ssm put-parameter --name x --value CANARY --type SecureString",
	`aws ssm put-parameter --type SecureString --name x --value "CANARY"`, "aws ssm put-parameter --type=SecureString --value=CANARY --name x",
	"echo -n CANARY | gcloud secrets create x --data-file=-", "printf CANARY | gcloud secrets versions add x --data-file=-", `echo -n "CANARY" | gcloud secrets create x --data-file -`,
	"gcloud secrets create x --data-file=- <<< CANARY", "vault kv put secret/x value=CANARY", "vault kv put secret/x a=CANARY b=c", "vault kv put -mount=secret x a=b c=CANARY",
	"vault kv patch secret/x a=CANARY", "vault write secret/x value=CANARY", "vault write auth/approle/login role_id=x secret_id=CANARY", "vault unwrap CANARY",
	"vault token create -id=CANARY", "vault operator generate-root -otp CANARY", "vault operator rekey -nonce=x CANARY", `vault kv put secret/x value="CANARY"`,
	"bao kv put secret/x value=CANARY", "bao login CANARY", "consul kv put db/password CANARY", `consul kv put config/db/password "CANARY"`, "consul agent -encrypt CANARY",
	"consul agent -encrypt=CANARY", "nomad server -encrypt CANARY", "etcdctl put /db/password CANARY", "etcdctl put password CANARY", "etcdctl set /x/token CANARY",
	`mongosh --eval 'db.auth("u","CANARY")'`, `mongosh --eval "db.auth('u', 'CANARY')"`, `mongosh --eval 'db.changeUserPassword("u", "CANARY")'`, "mongofiles -u u -p CANARY get x",
	"smbget -U u%CANARY smb://h/x", "smbmap -u u -p CANARY -H h", "crackmapexec smb h -u u -p CANARY", "nxc smb h -u u -p CANARY", "evil-winrm -i h -u u -p CANARY",
	"winrs -r:h -u:u -p:CANARY cmd", `net use \\h\s /user:u CANARY`, `net use \\h\s CANARY`, `net use x: \\h\s /user:d\u CANARY`, "mount.cifs //h/s /m -o user=u%CANARY",
	"snmpwalk --community=CANARY h", "htpasswd -B -b f u CANARY", "htpasswd -c -b f u 'CANARY'", "keytool -storepasswd -new CANARY -keystore k", "rsync --password-file=<(echo CANARY) x",
	"git clone https://CANARY:x-oauth-basic@github.example/x", `git -c http.extraheader="AUTHORIZATION: bearer CANARY" fetch`, "ftp -n <<EOF\nopen h\nuser ann CANARY\nEOF",
	`expect -c 'spawn su; expect "Password:"; send "CANARY\r"'`, "ansible-vault encrypt_string 'CANARY' --name x", "ansible-vault encrypt_string CANARY --name x", "knife ssh h -P CANARY x",
	"knife bootstrap h -x u -P CANARY", "pulumi config set x CANARY --secret", `sops --set '["db"]["password"] "CANARY"' x`, "doppler secrets set X=CANARY",
	"doppler secrets set DB_PASSWORD CANARY", "gh secret set X --body CANARY", "gh secret set X -b CANARY", `gh secret set X --body "CANARY"`, "gh secret set X -bCANARY",
	"echo CANARY | gh auth login --with-token", "echo CANARY | gh secret set X", "glab variable set X CANARY --masked", "glab variable set DB_PASSWORD CANARY",
	"flyctl secrets set X=CANARY Y=b", "fly secrets set A=b X=CANARY", "vercel env add X <<< CANARY", "echo CANARY | wrangler secret put X", "netlify env:set X CANARY --secret",
	"netlify env:set DB_PASSWORD CANARY", "bw login u CANARY", "bw unlock CANARY", "pass insert -e x <<< CANARY", "echo CANARY | pass insert -e x",
	"security add-generic-password -a u -s s -w CANARY", `security add-internet-password -a u -s s -w "CANARY"`, "security unlock-keychain -p CANARY x",
	`security create-keychain -p "CANARY" x`, "security import x.p12 -P CANARY", "security set-key-partition-list -S x -k CANARY k", "dscl . -passwd /Users/u CANARY",
	"keyctl add user x CANARY @u", "printf 'u:CANARY' | chpasswd", `printf 'u:CANARY\n' | chpasswd`, `printf "%s:%s\n" u CANARY | chpasswd`, "chpasswd <<EOF\nu:CANARY\nEOF",
	`useradd -p "$(openssl passwd -1 CANARY)" u`, `echo -e "CANARY\nCANARY" | smbpasswd -a -s u`, "(echo CANARY; echo CANARY) | smbpasswd -s -a u",
	`printf "CANARY\nCANARY\n" | smbpasswd -s -a u`, "yes CANARY | passwd u", "samba-tool domain join x -U u%CANARY", "kadmin -p a/admin -w CANARY -q x",
	`kadmin.local -q "addprinc -pw CANARY u"`, "addprinc -pw CANARY u", "ipa-client-install -p admin -w CANARY", "ipa-server-install -a CANARY -p CANARY", "wbinfo -a u%CANARY",
	"radtest u CANARY h 0 secret", "radtest u pw h 0 CANARY", "radclient -x h auth CANARY", "swaks -au u -ap CANARY", "sendemail -xu u -xp CANARY", "isql -S s -U u -P CANARY",
	"osql -U sa -P CANARY", "sqlcmd -S s -U sa -P 'CANARY' -Q x", "tsql -S s -U u -P CANARY", "dsmadmc -id=a -pa=CANARY", "db2 connect to x user u using CANARY",
	`db2 "connect to x user u using CANARY"`, "sqlldr u/CANARY@db control=x", "sqlldr userid=u/CANARY@db", "expdp userid=system/CANARY schemas=x", "exp u/CANARY file=x", "imp u/CANARY file=x",
	"rman target sys/CANARY@db", "connect u/CANARY@db", "CONN sys/CANARY AS SYSDBA", "hdbsql -u u -p CANARY -i 00", "hdbuserstore SET k h:1 u CANARY", "vsql -U u -w CANARY",
	"nzsql -u u -pw CANARY", ".LOGON h/u,CANARY;", "beeline -u jdbc:hive2://h -n u -p CANARY", "nodetool -u u -pw CANARY status", "cypher-shell -u neo4j -p CANARY",
	"neo4j-admin dbms set-initial-password CANARY", "neo4j-admin set-initial-password CANARY", "influx setup -u u -p CANARY -t x", "influx write -t CANARY",
	"couchbase-cli cluster-init -c h -u u -p CANARY", "cbq -u u -p CANARY", "echo CANARY | elasticsearch-keystore add --stdin x", "logstash-keystore add X <<< CANARY", "hash.sh -p CANARY",
	"securityadmin.sh -kspass CANARY -tspass x", "securityadmin.sh -tspass CANARY", "rabbitmqctl authenticate_user u CANARY", "mosquitto_passwd -b f u CANARY", "emqx_ctl admins add u CANARY",
	"emqx ctl admins passwd u CANARY", "pulsar-admin --auth-params token:CANARY", "mc admin user add m u CANARY", "rclone config password r pass CANARY",
	"kopia repository create s3 -p CANARY", "cf auth u CANARY", "credhub set -n x -t password -w CANARY", "credhub set -n /x -t value -v CANARY", "govc -u u:CANARY@h about",
	"virsh secret-set-value --secret UUID --base64 CANARY", "virsh secret-set-value UUID --base64 CANARY", "qemu -object secret,id=s,data=CANARY",
	"qemu-img create --object secret,id=s0,data=CANARY x", "echo CANARY | vncpasswd -f", "xfreerdp -u u -p CANARY h", "csvde -b u d CANARY", "netdom join x /userd:u /passwordd:CANARY",
	"netdom resetpwd /s:h /ud:u /pd:CANARY", "manage-bde -unlock x: -rp CANARY", "New-LocalUser u -Password (ConvertTo-SecureString CANARY -AsPlainText -Force)", "setx DB_PASSWORD CANARY",
	`setx DB_PASSWORD "CANARY" /M`,
}

// deviceForms are lines of what network devices and their agents are set up with.
var deviceForms = []string{
	"rocommunity6 CANARY", "com2sec readonly default CANARY", "com2sec6 readonly default CANARY", "com2sec notConfigUser  default       CANARY", "createUser u SHA CANARY AES other",
	`createUser u SHA "CANARY" AES "x"`, "createUser u SHA other AES CANARY", "createUser -e 0x1 u SHA CANARY", "trapcommunity CANARY", "trap2sink host CANARY", "trapsink host CANARY",
	"authCommunity log,execute CANARY", "snmp-server host 10.0.0.1 version 2c CANARY", "snmp-server host 10.0.0.1 traps version 2c CANARY",
	"snmp-server user u g v3 auth sha CANARY priv aes 128 x", "snmp-server user u g v3 auth sha x priv aes 128 CANARY", "set snmp community CANARY authorization read-only",
	"username admin password 7 CANARY", "username admin secret 5 CANARY", "username admin privilege 15 secret CANARY", "enable secret 5 CANARY", "enable secret CANARY",
	"enable password CANARY", "enable password level 15 CANARY", "tacacs-server key CANARY", "tacacs-server host 1.2.3.4 key CANARY", "tacacs-server key 7 CANARY",
	"radius-server host 1.2.3.4 auth-port 1812 key 7 CANARY", "crypto isakmp key CANARY address 1.2.3.4", "ip ospf message-digest-key 1 md5 CANARY", "ip ospf authentication-key CANARY",
	"neighbor 1.2.3.4 password CANARY", "neighbor 1.2.3.4 password 7 CANARY", "standby 1 authentication md5 key-string CANARY", "key-string 7 CANARY", "ntp authentication-key 1 md5 CANARY",
	"wpa-psk ascii 0 CANARY", "pre-shared-key ascii-text CANARY", `set system root-authentication encrypted-password "CANARY"`, "pre-shared-key local CANARY", "ikev1 pre-shared-key CANARY",
	"set password ENC CANARY", "set psksecret CANARY", "ppp chap password 0 CANARY", "ppp pap sent-username u password 7 CANARY",
}

// codeForms are places in programs, templates, documents and databases.
var codeForms = []string{
	"snmp_community: CANARY", `$pw = ConvertTo-SecureString "CANARY" -AsPlainText -Force`, `ConvertTo-SecureString -AsPlainText "CANARY" -Force`,
	"ConvertTo-SecureString -AsPlainText -Force -String 'CANARY'", `"CANARY" | ConvertTo-SecureString -AsPlainText -Force`, "[System.Net.NetworkCredential]::new('u','CANARY')",
	`New-Object System.Net.NetworkCredential("u", "CANARY")`, `os.environ["DB_PASSWORD"] = "CANARY"`, "os.environ['TOKEN']='CANARY'", "process.env['DB_PASSWORD'] = 'CANARY'",
	"ENV['DB_PASSWORD'] = 'CANARY'", `config["password"] = "CANARY"`, "$config['db']['password'] = 'CANARY';", `config.setPassword("CANARY")`, `.password("CANARY")`, `.withPassword("CANARY")`,
	`withBasicAuth("u", "CANARY")`, "requests.get(x, auth=('u', 'CANARY'))", "HTTPBasicAuth('u', 'CANARY')", `req.SetBasicAuth("u", "CANARY")`,
	`DriverManager.getConnection("jdbc:x", "u", "CANARY")`, "mysqli_connect('h', 'u', 'CANARY', 'db')", "new PDO('mysql:host=h', 'u', 'CANARY')", "app.config['SECRET_KEY'] = 'CANARY'",
	"env('DB_PASSWORD', default='CANARY')", "config('SECRET_KEY', default='CANARY')", `{{ .Values.password | default "CANARY" }}`, `password: {{ default "CANARY" .Values.x }}`,
	`password: {{ .Values.password | default "CANARY" | quote }}`, `password: "{{ .Values.password | default "CANARY" }}"`, `variable "token" { default = "CANARY" }`,
	`output "password" { value = "CANARY" }`, `"password": { "default": "CANARY" }`, "**Password:** CANARY", "**Password**: CANARY", "`password`: `CANARY`", "Password - CANARY",
	"Password -> CANARY", "Password => CANARY", "Password → CANARY", "Password ............ CANARY", "Password        CANARY", "|password|CANARY|", "| password | CANARY |",
	"|| password | CANARY ||", `password & CANARY \\`, "'password','CANARY'", `"password","CANARY"`, `"password";"CANARY"`, "password;CANARY", "password,CANARY",
	"login/password: ann / CANARY", "INSERT INTO users (name, password) VALUES ('ann', 'CANARY');", "INSERT INTO users(name,password) VALUES('ann',MD5('CANARY'));",
	"UPDATE users SET password = MD5('CANARY')", "UPDATE users SET password = crypt('CANARY', gen_salt('bf'))", "CREATE USER u IDENTIFIED BY CANARY",
	"ALTER USER u IDENTIFIED BY CANARY REPLACE x", "SET PASSWORD FOR u@h = 'CANARY'", "CREATE DATABASE LINK x CONNECT TO u IDENTIFIED BY CANARY USING 'y'", "sp_addlogin 'u', 'CANARY'",
}

// markupForms are tables, lists and fields in HTML and XML.
var markupForms = []string{
	"<tr><td>Password:</td><td>CANARY</td></tr>", "<tr><td><b>Password</b></td><td>CANARY</td></tr>", "<tr><td> password </td><td> CANARY </td></tr>",
	"<tr><td>password</td><td><code>CANARY</code></td></tr>", "<TR><TD>Password</TD><TD>CANARY</TD></TR>", "<tr><td>password&nbsp;</td><td>CANARY</td></tr>",
	"<tr><td>Password (root)</td><td>CANARY</td></tr>", "<table><tr><th>user</th><th>password</th></tr><tr><td>ann</td><td>CANARY</td></tr></table>",
	"<table><thead><tr><th>user</th><th>password</th></tr></thead><tbody><tr><td>ann</td><td>CANARY</td></tr></tbody></table>",
	"<table>\n<tr><th>Password</th><th>User</th></tr>\n<tr><td>CANARY</td><td>ann</td></tr>\n</table>", "<dl><dt>password</dt><dd>CANARY</dd></dl>", "<dt>Password</dt>\n<dd>CANARY</dd>",
	"<li><b>password</b>: CANARY</li>", "<p><strong>Password:</strong> CANARY</p>", "<b>Password</b> CANARY", `<input value="CANARY" type="password">`,
	`<label>Password</label><input value="CANARY">`, "<span>Password</span><span>CANARY</span>", `<div class="k">password</div><div class="v">CANARY</div>`,
	`<property name="password">CANARY</property>`, "<property><name>db.password</name><value>CANARY</value></property>", `<entry key="password">CANARY</entry>`,
	"<entry><key>password</key><value>CANARY</value></entry>", `<string name="api_key">CANARY</string>`, "<key>password</key><string>CANARY</string>",
	"<key>Password</key>\n<string>CANARY</string>", `<setting name="password"><value>CANARY</value></setting>`, `<add value="CANARY" key="password"/>`,
	`<Data ss:Type="String">password</Data></Cell><Cell><Data ss:Type="String">CANARY</Data>`, `<c t="inlineStr"><is><t>password</t></is></c><c t="inlineStr"><is><t>CANARY</t></is></c>`,
	"<text:p>password</text:p></table:table-cell><table:table-cell><text:p>CANARY</text:p>",
}

// scannedForms are what scanners write of the secrets that they found.
var scannedForms = []string{
	`{"Match":"x CANARY y","RuleID":"generic-api-key","StartLine":1}`, `[{"Description":"x","StartLine":1,"Match":"k CANARY","Secret":"CANARY","File":"a","RuleID":"generic"}]`,
	`{"SourceMetadata":{},"DetectorName":"AWS","Raw":"CANARY","RawV2":"CANARY","Redacted":"CAN"}`,
	`{"RuleID":"r","Category":"c","Severity":"HIGH","Title":"t","StartLine":1,"EndLine":2,"Code":{"Lines":[{"Number":1,"Content":"CANARY","Highlighted":"CANARY"}]},"Match":"x CANARY y"}`,
	`{"vulnerabilities":[{"category":"secret_detection","name":"x","raw_source_code_extract":"CANARY"}]}`,
	`{"check_id":"secrets.x","extra":{"lines":"CANARY","metavars":{"$X":{"abstract_content":"CANARY"}}}}`,
}

// namedAbroad are names of secrets in more languages and scripts.
var namedAbroad = []string{
	"line vty 0 4\n password CANARY", "line vty 0 4\n password 7 CANARY", "spawn ssh h\nexpect \"assword:\"\nsend \"CANARY\\n\"", "variable \"db_password\" {\n  default = \"CANARY\"\n}",
	"password:\n  default: CANARY", "මුරපදය: CANARY", "රහස් පදය: CANARY", "රහස්පදය=CANARY", "పాస్\u200cవర్డ్: CANARY", "పాస్వర్డ్: CANARY", "ಪಾಸ್\u200cವರ್ಡ್: CANARY", "ಗುಪ್ತಪದ: CANARY",
	"പാസ്\u200cവേഡ്: CANARY", "പാസ്\u200dവേഡ്: CANARY", "રહસ્યશબ્દ: CANARY", "પાસવર્ડ: CANARY", "ਪਾਸਵਰਡ: CANARY", "ପାସୱାର୍ଡ: CANARY", "संकेतशब्द: CANARY", "गोप्यशब्द: CANARY",
	"गोपनीय शब्द: CANARY", "গোপন শব্দ: CANARY", "গুপ্তশব্দ: CANARY", "កូដសម្ងាត់: CANARY", "ពាក្យសម្ងាត់: CANARY", "ពាក្យ\u200bសម្ងាត់: CANARY", "ລະຫັດຜ່ານ: CANARY", "စကားဝှက်: CANARY",
	"လျှို့ဝှက်နံပါတ်: CANARY", "รหัสลับ: CANARY", "የይለፍ ቃል: CANARY", "ይለፍቃል: CANARY", "ሚስጥር ቁልፍ: CANARY", "གསང་ཚིག: CANARY", "གསང་གྲངས: CANARY", "нууц үг: CANARY", "нууцүг: CANARY",
	"құпиясөз: CANARY", "құпия сөз: CANARY", "купуя сөз: CANARY", "сырсөз: CANARY", "парол: CANARY", "рамз: CANARY", "калимаи убур: CANARY", "серсүз: CANARY", "пароль доступа: CANARY",
	"ключ доступа: CANARY", "АПИ ключ: CANARY", "токен доступа: CANARY", "секретен ключ: CANARY", "таен ключ: CANARY", "кодовое слово: CANARY", "пін-код: CANARY", "κωδικός πρόσβασης: CANARY",
	"كلمة مرور: CANARY", "كلمه المرور: CANARY", "رقم سري: CANARY", "كلمة سر: CANARY", "رمز المرور: CANARY", "مفتاح سري: CANARY", "المفتاح السري: CANARY", "رمز سري: CANARY",
	"الرمز السري: CANARY", "کلمه عبور: CANARY", "کلمهٔ عبور: CANARY", "گذر واژه: CANARY", "پسورد: CANARY", "پاسورڈ: CANARY", "خفیہ کلید: CANARY", "پاسوورڈ: CANARY", "رمز ورود: CANARY",
	"تېرنويې: CANARY", "تیپەڕەوشە: CANARY", "وشەی نهێنی: CANARY", "پارول: CANARY", "מפתח סודי: CANARY", "קוד סודי: CANARY", "פּאַראָל: CANARY", "պարոլ: CANARY", "საიდუმლო სიტყვა: CANARY",
	"暗号鍵: CANARY", "アクセスキー: CANARY", "APIキー: CANARY", "合言葉: CANARY", "パスコード: CANARY", "接続文字列パスワード: CANARY", "通行碼: CANARY", "通关密语: CANARY", "密語: CANARY", "金鑰: CANARY", "存取金鑰: CANARY",
	"私密金鑰: CANARY", "凭证: CANARY", "凭据: CANARY", "액세스 키: CANARY", "비밀 키: CANARY", "비번: CANARY", "인증키: CANARY", "API 키: CANARY", "khóa bí mật: CANARY", "mã bí mật: CANARY",
	"clé secrète: CANARY", "jeton: CANARY", "chiave segreta: CANARY", "llave secreta: CANARY", "clave secreta: CANARY", "palavra-passe: CANARY", "palavra passe: CANARY",
	"chave secreta: CANARY", "geheimer Schlüssel: CANARY", "Zugangsschlüssel: CANARY", "API-Schlüssel: CANARY", "pääsyavain: CANARY", "tunnussana: CANARY", "kodeord: CANARY",
	"lykilorð: CANARY", "aðgangsorð: CANARY", "cyfrinair: CANARY", "pasahitza: CANARY", "contrasinal: CANARY", "clau secreta: CANARY", "slepenā atslēga: CANARY", "slaptas raktas: CANARY",
	"tajný klíč: CANARY", "přístupový klíč: CANARY", "tajný kľúč: CANARY", "tajni ključ: CANARY", "titkos kulcs: CANARY", "cheie secretă: CANARY", "gizli anahtar: CANARY",
	"giriş şifresi: CANARY", "şifresi: CANARY", "şəxsi açar: CANARY", "şifrə: CANARY", "parolu: CANARY", "kata laluan: CANARY", "kunci rahasia: CANARY", "nenosiri: CANARY", "wagwoord: CANARY",
	"ọrọ aṣina: CANARY", "pasvorto: CANARY", `{"මුරපදය":"CANARY"}`,
}

// What stands in the same places and is no secret.
func TestWhatStandsInThesePlacesAndIsNoSecretStays(t *testing.T) {
	for _, text := range []string{
		// commands
		"curl -fsSLo /tmp/x https://host:8443/y", "curl -su https://x", "curl -H 'Accept: application/json' x", "redis-cli -h h ping", "redis-cli config get requirepass", "mysqlcheck --all-databases", "mysql -P 3306 -h db",
		"vault kv get secret/x", "vault kv put secret/x @x.json", "vault write auth/kubernetes/role/x policies=a ttl=1h", "vault write auth/userpass/users/ann policies=dev", "consul kv put config/colour blue", "etcdctl put /a b",
		"kubectl create secret generic x --from-file=a", "kubectl patch deployment x -p '{\"spec\":{}}'", "kubectl config set-context a", "kubeadm token list", "gh secret list", "helm install x --set replicas=3", "az aks list -o table",
		"aws ssm get-parameter --name x", "security find-identity -v", "net use", "echo done | tee x", "pass ls", "docker secret ls", "bw list items", "knife node list", "exp x/y", "imp a/b", "connect to the database", "the ipa-client -h",
		"expected \"password\" and sent \"x\"", "ansible-vault view x", "mount -o user=ann /dev/x /m", "k3s server --tls-san x", "influx query x", "rman target /", "openssl dgst -sha256 x", "useradd -m ann",
		// devices
		"enable password encryption", "username and password are asked for", "neighbor 1.2.3.4 remote-as 65000", "snmp-server location here", "service password-encryption", "community edition", "the key-string of it",
		// programs and documents
		"os.environ[\"HOME\"] = \"/root\"", "config[\"password\"] == x", "config[\"password\"] = ask()", "x.getPassword(\"db\")", "validate_password(\"x\")", "{{ .Values.existingSecret | default \"db\" }}", "{{ .Values.password }}",
		"variable \"db_password\" {\n  type = string\n  sensitive = true\n}\n", "**Password**: asked for at the first login", "- `token` - the word", "Password - required", "token | base64", "| password | string | the user's |",
		"INSERT INTO users (name, password_changed) VALUES ('ann', '2026-01-01');", "password (required)", "key -> value", "PASSWORD   AGE", "Secret -> ConfigMap", "\"Password:\"; echo",
		// markup
		"<h2>Password</h2><p>It must be changed.</p>", "<li>password</li><li>token</li>", "<tr><th>user</th><th>password</th></tr>", "<code>password</code> is required", "<b>Password</b> The one of the user", "<td>password</td><td></td>",
		"<a id=\"set-password\">#</a>", "<key>user</key><string>ann</string>", "<property name=\"user\">ann</property>", "<label>User</label><input value=\"ann\">", "<th>Token</th></tr><tr><td>plus</td></tr>",
		// what is no scanner's
		`{"Match":"x","Kind":"y"}`, `{"matchLabels":{"a":"b"}}`, `{"Raw":"x","n":1}`, `{"lines":"x"}`, `{"Content":"x","Number":1}`,
		// words of other languages
		"ключ: a", "шифра: 12", "parole: parole", "clé: x", "Schlüssel: x", "文字列: x", "密码长度: 12", "רמז: x", "රහස්: x",
	} {
		assert.Equal(t, text, New().Text(text))
	}
}

// Reports of scanners in a cluster repeat what they found.
func TestWhatAScannerInAClusterFoundIsRedacted(t *testing.T) {
	got := redacted(t, map[string]any{"report": map[string]any{"secrets": []any{map[string]any{"ruleID": "r", "match": "x " + hidden + " y", "title": "t"}}, "rule": map[string]any{"match": "Host(`a`)"}}})
	assert.NotContains(t, got, hidden)
	assert.Contains(t, got, "Host(`a`)")
}
