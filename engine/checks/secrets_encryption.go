package checks

import "tickmark/engine"

// Check secrets-encrypted-at-rest.
//
// Judges every API server that runs as a pod. Passes where it is given a
// configuration for encryption (--encryption-provider-config). Fails where it is given
// none, so that Secrets lie in etcd as they are. Unknown where its arguments cannot be
// told, and where no API server runs as a pod that can be seen: its provider runs it, and
// the evidence is there.
//
// The file behind the argument is judged as well where it is among the evidence, as
// EncryptionConfiguration. It fails where the first provider for Secrets encrypts nothing,
// or no entry covers them, and is Unknown where no API server that was seen is given it.
func secretsEncryptedAtRest() check {
	return serverFileCheck(check{id: "secrets-encrypted-at-rest", version: 2}, engine.EncryptionConfigurationKind,
		[]string{encryptionFlag, olderEncryptionFlag}, judgeEncryptionFlag, judgeEncryption)
}

// encryptionFlag is how an API server is given the configuration, and as it once was.
const (
	encryptionFlag      = "encryption-provider-config"
	olderEncryptionFlag = "experimental-encryption-provider-config"
)

func judgeEncryptionFlag(k component, seen bool) finding {
	given, older := k.flag(encryptionFlag, ""), k.flag(olderEncryptionFlag, "")
	if f, unclear := firstUnclear(given, older); unclear {
		return f
	}
	for _, s := range []setting{given, older} {
		switch {
		case s.value != "" && seen:
			return s.passes("The API server is given a configuration for encryption, %s; its file is judged beside", s)
		case s.value != "":
			return s.passes("The API server is given a configuration for encryption, %s; which providers and keys it names is not seen", s)
		}
	}
	return given.fails("The API server is given no configuration for encryption: Secrets lie in etcd as they are (%s)", given)
}
