/// x
public enum Pinyin {}
