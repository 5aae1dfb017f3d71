package redaction

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// commandForms are command lines with a password that has no name, or one of the command's own.
var commandForms = []string{
	"rclone obscure CANARY", "snmpwalk -v3 -u u -A CANARY -X other host", "snmpget -v 3 -u u -l authPriv -a SHA -A x -x AES -X CANARY h", "snmpwalk -v2c -c CANARY host",
	"ipmitool -I lanplus -H h -U admin -P CANARY power status", "mosquitto_pub -h h -u u -P CANARY -t t -m m", "mosquitto_sub -u u -P CANARY -t t", "sshpass -pCANARY ssh h", "lftp -u ann,CANARY host",
	"ncftpget -u ann -p CANARY h", "ftp -u ftp://u:CANARY@h/x", "xfreerdp /u:ann /p:CANARY /v:h", "rdesktop -u ann -p CANARY h", "wmic /node:h /user:ann /password:CANARY os",
	"net use z: \\\\h\\s CANARY /user:ann", "net user ann CANARY /add", "net user ann CANARY", "psexec \\\\h -u ann -p CANARY cmd", "winexe -U ann%CANARY //h cmd", "rpcclient -U ann%CANARY h",
	"mount -t cifs //h/s /m -o username=ann,password=CANARY", "mount -t cifs //h/s /m -o user=ann,pass=CANARY", "isql DSN ann CANARY", "sqlplus ann/CANARY@db", "sqlplus system/CANARY",
	"impdp system/CANARY@db full=y", "bcp t out f -S s -U ann -P CANARY", "cqlsh -u ann -p CANARY h", "influx -username ann -password CANARY", "clickhouse-client -u ann --password CANARY",
	"etcdctl --user root:CANARY get x", "nomad login CANARY", "consul kv get -token=CANARY x", "vault write auth/userpass/login/ann password=CANARY", "vault token lookup CANARY", "vault unseal CANARY",
	"vault operator unseal CANARY", "kubectl config set-credentials a --token=CANARY", "kubectl config set-credentials a --password CANARY",
	"kubectl create secret docker-registry r --docker-password=CANARY", "gpg --batch --passphrase CANARY -c f", "ansible-playbook -e ansible_password=CANARY x", "cloudflared tunnel run --token CANARY",
	"tailscale up --authkey CANARY", "tailscale up --auth-key=CANARY", "argocd login h --username admin --password CANARY", "helm registry login r -u ann -p CANARY",
	"skopeo copy --src-creds ann:CANARY docker://a dir:b", "skopeo copy --dest-creds=ann:CANARY a b", "skopeo inspect --creds ann:CANARY x", "podman login -u ann -p CANARY r",
	"buildah login -p CANARY -u ann r", "crane auth login r -u ann -p CANARY", "oras login -u ann -p CANARY r", "nerdctl login -u ann -p CANARY r", "oc login -u ann -p CANARY", "oc login --token=CANARY",
	"az acr login -u u -p CANARY", "gh auth login --with-token <<< CANARY", "docker login -u u --password-stdin <<< CANARY", "docker login --password-stdin <<<'CANARY'", "http -a ann:CANARY https://x",
	"https --auth ann:CANARY x", "xh -a ann:CANARY x", "wget --user=a --password='CANARY' x", "wget --header='X-Auth-Token: CANARY' x", "curl -H 'X-Api-Key: CANARY' x", "curl -H 'PRIVATE-TOKEN: CANARY' x",
	"curl -H 'X-Vault-Token: CANARY' x", "curl --proxy-user ann:CANARY x", "curl -b 'session=CANARY' x", "curl --cookie session=CANARY x", "curl --pass CANARY x", "curl -E cert.pem:CANARY x",
	"curl --cert cert.pem:CANARY x", "aria2c --http-passwd=CANARY x", "svn co --username a --password CANARY x", "psql \"host=h user=u password=CANARY\"", "pg_dump -d 'password=CANARY'",
	"PGPASSWORD='CANARY' pg_dump", "mongodump --uri mongodb://u:CANARY@h", "redis-cli -h h --pass CANARY", "redis-cli AUTH CANARY", "AUTH CANARY\r\nSELECT 0", "redis-cli -u redis://u:CANARY@h",
	"redis-cli --user u -a CANARY", "rabbitmqadmin -u a -p CANARY list", "kafka-configs --add-config 'SCRAM-SHA-256=[password=CANARY]'", "keytool -genkey -keypass CANARY", "jarsigner -storepass CANARY x",
	"openssl pkcs12 -export -password pass:CANARY", "openssl rsa -aes256 -passout pass:CANARY", "ssh-keygen -t rsa -N CANARY -f k", "ssh-keygen -p -P CANARY -N x -f k", "ssh-keygen -N 'CANARY' -f k",
	"cryptsetup luksOpen --key-file - <<< CANARY", "unzip -P CANARY a.zip", "unrar x -pCANARY a.rar", "rar a -hpCANARY a.rar", "7z x a.7z -pCANARY", "pdftk a.pdf output b user_pw CANARY",
	"qpdf --password=CANARY a b", "qpdf --encrypt CANARY owner 256 -- a b", "nmcli dev wifi connect s password CANARY", "wpa_passphrase ssid CANARY", "iwconfig wlan0 key CANARY", "usermod -p CANARY ann",
	"passwd --stdin ann <<< CANARY", "chpasswd <<< 'ann:CANARY'", "echo 'ann:CANARY' | sudo chpasswd", "printf 'CANARY\\n' | sudo -S ls", "echo CANARY | passwd --stdin ann",
	"echo CANARY | gpg --passphrase-fd 0 x", "git config --global user.password CANARY", "git clone https://CANARYabcdefghijkl@git.example/x",
	"git -c http.extraHeader='Authorization: Bearer CANARY' clone x", "npm config set //r/:_authToken CANARY", "npm set //r/:_authToken=CANARY", "pip config set global.index-url https://u:CANARY@x",
	"twine upload -u a -p CANARY d/*", "mvn -Dpassword=CANARY x", "gradle -PdbPassword=CANARY x", "dotnet nuget push x -k CANARY", "dotnet nuget push x --api-key CANARY", "nuget setapikey CANARY",
	"flyway -user=a -password=CANARY migrate", "liquibase --password=CANARY update", "sonar-scanner -Dsonar.login=CANARY", "terraform apply -var db_password=CANARY",
	"terraform apply -var 'db_password=CANARY'", "pulumi config set --secret dbPassword CANARY", "pulumi config set dbPassword CANARY", "doctl auth init -t CANARY",
	"restic -r x --password-command 'echo CANARY'", "borg init --encryption=repokey BORG_PASSPHRASE=CANARY", "smbpasswd -a ann -w CANARY", "net ads join -U ann%CANARY", "realm join -U ann x <<< CANARY",
	"adcli join --stdin-password <<< CANARY", "kinit ann <<< CANARY", "ldapsearch -x -D cn=a -wCANARY", "ldappasswd -s CANARY u", "ldapmodify -D cn=a -w CANARY", "samba-tool user create ann CANARY",
	"ejabberdctl register u h CANARY", "htpasswd -nb ann CANARY", "htpasswd -nbB ann CANARY", "mkpasswd CANARY", "mkpasswd -m sha-512 CANARY", "caddy hash-password --plaintext CANARY",
	"openssl passwd -6 CANARY", "openssl passwd -1 CANARY", "mysqlsh u:CANARY@h", "mysqlsh --password=CANARY", "mycli -p CANARY", "psftp -pw CANARY h", "plink -pw CANARY h", "pscp -pw CANARY a b",
	"putty -pw CANARY", "winscp /command \"open ftp://u:CANARY@h\"", "cmdkey /add:h /user:u /pass:CANARY", "schtasks /create /rp CANARY /ru u", "sc config s obj= u password= CANARY",
	"reg add x /v DefaultPassword /d CANARY", "certutil -p CANARY -importpfx x", "signtool sign /f x /p CANARY", "New-Object PSCredential('u', 'CANARY')", "minio server --secret-key CANARY",
	"mc alias set m https://h AKIA CANARYabcdefgh", "mc config host add m https://h KEYID CANARYabcd", "s3cmd --secret_key=CANARY", "b2 authorize-account id CANARY",
	"rclone config create r s3 secret_access_key CANARY", "etcdctl user add root:CANARY", "kcadm.sh config credentials --user admin --password CANARY", "keycloak --admin-password CANARY",
	"grafana-cli admin reset-admin-password CANARY", "elasticsearch-users useradd u -p CANARY", "curl -u 'ann:CANARY' x", "curl --user \"ann:CANARY\" x", "docker run -e DB_PASSWORD=CANARY x",
	"kubectl set env d/x DB_PASSWORD=CANARY", "heroku config:set SECRET=CANARY", "fly secrets set DB_PASSWORD=CANARY", "wrangler secret put X <<< CANARY",
}

func TestEachExpressionIsOne(t *testing.T) {
	for _, table := range [][]pattern{patterns, vendors, worded, commands} {
		for _, p := range table {
			assert.NotPanics(t, func() { p.expr.compiled() }, p.literal)
			assert.LessOrEqual(t, p.replaces, p.expr.compiled().NumSubexp(), p.literal)
		}
	}
}

func TestCommandsWithoutPasswordsStay(t *testing.T) {
	for _, text := range []string{
		"net user ann", "net use z:", "ssh-keygen -t ed25519 -f key", "snmpd -f -Lo", "vault operator unseal", "vault token lookup", "http -v https://x", "curl -b cookies.txt https://x", "curl --cert client.pem x", "unzip -o a.zip -d b",
		"usermod -aG docker ann", "doctl compute droplet list", "certutil -d sql:/etc/pki -L", "npm config set registry https://r.example", "git config user.name Ann", "redis-cli ping", "AUTH is required", "isql -v", "sqlplus -s /nolog",
		"mc ls m", "cat <<< x", "passwd -l root", "plink -batch host", "openssl passwd -help", "mkpasswd --help", "rclone copy a b", "etcdctl --endpoints x get /a", "oc login https://api.example:6443", "docker login r.example",
	} {
		assert.Equal(t, text, New().Text(text))
	}
}

// Whoever writes an object does not hold up who collects it.
func TestALongLineOfNamesIsReadOnce(t *testing.T) {
	for _, name := range []string{"password ", "пароль ", "user,password\n"} {
		text := strings.Repeat(name, 512<<10/len(name))
		began := time.Now()
		New().Text(text)
		assert.Less(t, time.Since(began), 30*time.Second, "%q: minutes where a line is read again for each of its names", name)
	}
}
