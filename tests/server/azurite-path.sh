# Where tests/deps.sh installs Azurite: one version for all clones of a user.
AZURITE_VERSION=3.37.0
azurite_path() {
	echo "${XDG_CACHE_HOME:-$HOME/.cache}/dver-tests/azurite-$AZURITE_VERSION"
}
