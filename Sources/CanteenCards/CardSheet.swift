/// x
public struct CardSheet {}
