package redaction

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// tableForms are tables in which a secret stands below its name, or beside it.
var tableForms = []string{
	"user,password,host\nann,CANARY,db\n", "user;password\nann;CANARY\n", "user\tpassword\nann\tCANARY\n", "\"user\",\"password\"\n\"ann\",\"CANARY\"\n", "name,api_key\r\nx,CANARY\r\n",
	"Access key ID,Secret access key\nAKIAX,CANARY\n", "User name,Password,Access key ID,Secret access key\nann,,AKIAX,CANARY\n", "user,password\n\"a,b\",CANARY\n", "user,password\nx,y\nann,CANARY",
	"user, password\nann, CANARY\n", "users of the shop\n\nname,пароль\nann,CANARY\n", "dumping users, please wait\nuser,password\nann,CANARY\n", "key,value\nhost,db\npassword,CANARY\n", "Setting;Wert\nDB_PASSWORD;CANARY\n",
	"| user | password |\n|---|---|\n| ann | CANARY |\n", "| password | user |\n| :--- | ---: |\n| CANARY | ann |\n", "| Parameter | Default |\n|---|---|\n| `auth.password` | `CANARY` |\n",
	"USER      PASSWORD      HOST\nann       CANARY        db\n", "user|password\nann|CANARY\n", " user | password \n------+----------\n ann  | CANARY\n(1 row)\n",
	"+------+----------+\n| user | password |\n+------+----------+\n| ann  | CANARY |\n+------+----------+\n", "||user||password||\n|ann|CANARY|\n", "<tr><td>password</td><td>CANARY</td></tr>",
	"NAME   TOKEN\nci     CANARY\n",
}

func TestColumnsOfSecretsInTables(t *testing.T) {
	const gone = "[redacted:named-secret]"
	for text, want := range map[string]string{
		"user,password,host\nann,a1,db\nbob,b2,db\n\nuser,password": "user,password,host\nann," + gone + ",db\nbob," + gone + ",db\n\nuser,password",
		"| user | password |\n|---|---|\n| ann | `a1` |":            "| user | password |\n|---|---|\n| ann | `" + gone + "` |",
		"USER   PASSWORD   HOST\nann    a1         db":              "USER   PASSWORD   HOST\nann    " + gone + "         db",
		"key,value\nhost,db\npassword,a1":                           "key,value\nhost,db\npassword," + gone,
	} {
		assert.Equal(t, want, New().Text(text))
	}
}

func TestTablesWithoutSecretsStay(t *testing.T) {
	for _, text := range []string{
		// of AWS, on which checks rest
		"user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,access_key_1_active\nann,arn:aws:iam::123456789012:user/ann,2024-01-02T03:04:05+00:00,true,2026-01-02T03:04:05+00:00,2025-01-02T03:04:05+00:00,false\n",
		"id,check,title\n1,secrets_in_env,names\n2,token_ttl,a title\n", "a,b,c\nd,e,core_no_secrets\nf,g,h\n",
		// what kubectl prints
		"NAME      SECRETS   AGE\ndefault   0         5d\n", "NAME   READY   SECRET     AGE\nweb    True    web-tls    5d\n", "NAME           TYPE     DATA   AGE\ndb-password    Opaque   1      5d\n",
		// of documents
		"| Key | Type | Default |\n|---|---|---|\n| auth.existingSecret | string | `\"\"` |\n| replicas | int | `3` |\n", "| Test | Pass | Fail |\n|---|---|---|\n| a | 12 | 0 |\n",
		"| Token | Meaning |\n|---|---|\n| plus | adds |\n", "Users, roles, passwords\nare kept, here, or elsewhere\n", "the user, the token\nand a key, a map\n", "cat x | grep password\nfoo | bar\n",
		"func f(\n\tuser, password string,\n\thost, port string,\n) {}\n", "import a, token\nimport b, c\n",
	} {
		assert.Equal(t, text, New().Text(text))
	}
}
